// What needs the server, one after the other: they share one network, which some of them cut.

import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct WithServer {}
