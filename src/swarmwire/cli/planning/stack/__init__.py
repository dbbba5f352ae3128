"""``plan --stack`` and ``apply --stack``: what is read, what is shown, and what is done."""
