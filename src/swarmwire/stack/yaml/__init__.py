"""The text of a file as values with places, by go-yaml's rules."""
