"""From a question about two columns of ``nights`` to a judged answer."""
