// What the phone throws although it should not: told in one sentence, without a trace, and the app goes on.

@testable import AppModel
import CountersignCore
import Testing

extension WithServer {
    @MainActor
    @Suite struct HostTests {
        let phone: TestPhone

        init() async throws {
            try await Party.network(up: true)
            phone = try TestPhone()
            try await phone.create()
        }

        @Test func aKeyStoreThatBreaksIsToldInOneSentence() async throws {
            _ = try await phone.enrol(try await Party.link("ann with a broken key store"))
            let request = try await phone.ask("ann with a broken key store", verify: true)
            phone.keys.prompt = SoftKeys.broken
            request.approve()
            let trouble = try #require(try await request.settled().trouble)
            #expect(trouble.kind == .keys)
            for trace in ["\n", "\t", "Secret", "/private", ".swift"] { #expect(!trouble.sentence.contains(trace)) }
            #expect(request.state.ending == nil)
            phone.keys.prompt = SoftKeys.confirmed
            request.approve()
            try await request.succeeds()
            #expect(request.state.ending == .approved)
        }

        @Test func anObserverThatBreaksIsToldAgain() async throws {
            let core = try phone.vault.core
            let observer = BreakingObserver()
            let observation = await core.observe(observer: observer)
            var told = observer.told.makeAsyncIterator()
            #expect(await told.next() == "inbox")
            _ = try await core.addUri(uri: "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
            #expect(await told.next() == "content")
            core.lock()
            while let word = await told.next(), word != "vault_locked" {}
            withExtendedLifetime(observation) {}
        }
    }
}

private final class BreakingObserver: Observer {
    let told: AsyncStream<String>
    private let tell: AsyncStream<String>.Continuation

    init() { (told, tell) = AsyncStream.makeStream() }

    func onInboxChanged(inbox: Inbox) throws { try breaking("inbox") }
    func onContentChanged() throws { try breaking("content") }
    func onStopped(code: String, sentence: String) throws { try breaking(code) }

    private func breaking(_ word: String) throws {
        tell.yield(word)
        throw SoftKeys.Broken()
    }
}
