"""What answers each route, one file per object; ``table`` lists them all."""
