"""What people type, checked before the domain sees it; labels are in the reader's language."""
