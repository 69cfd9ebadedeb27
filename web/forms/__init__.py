"""Browser posts become typed drafts and field errors here, one file per form."""
