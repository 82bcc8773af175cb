"""The passport of a town: one set of sections that page, text, PDF, Excel and Markdown all say."""
