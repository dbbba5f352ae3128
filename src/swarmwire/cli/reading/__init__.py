"""Files of every form: opened, cut into objects, and told apart."""
