//! `/faye`, in the words that Faye's own client was seen to send.
