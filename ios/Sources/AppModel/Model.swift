// What the model of every screen is.

import Observation

/// A state, and at most one piece of work under way. The work itself is done by the core, on its own threads.
@MainActor
@Observable
public class Model<State> {
    /// What to show.
    public internal(set) var state: State

    /// Whether to show that it takes a while, or what went wrong.
    public private(set) var doing = Doing.nothing

    @ObservationIgnored private var piece: Task<Void, Never>?
    @ObservationIgnored private var lookings: [UInt64: Task<Void, Never>] = [:]
    @ObservationIgnored private var begun: UInt64 = 0
    @ObservationIgnored private var closed = false

    init(_ initial: State) {
        state = initial
    }

    /// Does a piece of work, unless one is under way: a button that is pressed twice does one thing.
    func work(_ task: @escaping @MainActor () async throws -> Void) {
        guard piece == nil, !closed else { return }
        doing = .working
        piece = Task {
            let outcome = await attempt(task)
            // Who stopped waiting has been told so already.
            guard !Task.isCancelled else { return }
            piece = nil
            doing = outcome
        }
    }

    /// Asks for what is shown again. Nobody waits for it: only an error is told.
    func look(_ task: @escaping @MainActor () async throws -> Void) {
        guard !closed else { return }
        begun += 1
        let number = begun
        lookings[number] = Task {
            let outcome = await attempt(task)
            lookings[number] = nil
            if case .failed = outcome, !Task.isCancelled { doing = outcome }
        }
    }

    /// Does something that takes no time.
    func now(_ task: @MainActor () throws -> Void) {
        do { try task() } catch { tell(error) }
    }

    func tell(_ error: any Error) {
        if let trouble = Trouble(error) { doing = .failed(trouble) }
    }

    private func attempt(_ task: @MainActor () async throws -> Void) async -> Doing {
        do {
            try await task()
            return .nothing
        } catch {
            return Trouble(error).map(Doing.failed) ?? .nothing
        }
    }

    /// The person does not want to wait for what is under way. The core may finish it all the same.
    public func cancel() {
        stop()
    }

    func stop() {
        guard let piece else { return }
        piece.cancel()
        self.piece = nil
        doing = .nothing
    }

    /// The person has read what went wrong.
    public func dismiss() {
        if case .failed = doing { doing = .nothing }
    }

    /// The screen is left for good.
    public func close() {
        closed = true
        stop()
        lookings.values.forEach { $0.cancel() }
        lookings = [:]
    }
}

/// A call of the core, whose answer nobody wants any more once the task was cancelled: what follows it is not done.
@MainActor
func wanted<Value: Sendable>(_ call: @MainActor () async throws -> Value) async throws -> Value {
    let value = try await call()
    try Task.checkCancellation()
    return value
}
