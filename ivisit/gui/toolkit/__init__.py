"""What knows Tk and nothing of ivisit: looks, scrolling, dialogs, tooltips."""
