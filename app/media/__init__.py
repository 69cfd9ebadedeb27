"""Files people send and the pictures made of them: one object store, one door for photos."""
