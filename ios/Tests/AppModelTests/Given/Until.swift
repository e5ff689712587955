// Waits for what a screen would show, not for time to pass.

import Observation

/// Comes back once the condition holds. It is looked at whenever a state that it reads has changed; a test whose time is over
/// ends here.
@MainActor
func until(_ condition: @MainActor () -> Bool) async throws {
    let (changes, change) = AsyncStream.makeStream(of: Void.self)
    var changed = changes.makeAsyncIterator()
    while !withObservationTracking(condition, onChange: { change.yield() }) {
        guard await changed.next() != nil else { throw CancellationError() }
    }
}
