"""Which shops and back offices can be linked, what is bought there, and the words between them."""
