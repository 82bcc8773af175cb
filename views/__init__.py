"""One file per screen. With app.py the only room that knows Streamlit."""
