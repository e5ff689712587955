// An open vault: the models of its tabs, the screens over them, and what is told from outside.

import CountersignCore
import Platform

/// A screen over a tab. Each brings its model, which ends with it.
public enum Screen {
    case scan(ScanModel)
    case entry(EntryModel)
    case enroll(EnrollModel)
    case request(RequestModel)
    case offline(OfflineModel)
    case account(AccountModel)
    case history(HistoryModel)
    case `import`(ImportModel)
    case export(ExportModel)
    case phrase(PhraseModel)
}

/// Where in the app the person is: a tab, and the screens over it, the topmost last.
public struct Place {
    /// The places that are always one tap away.
    public enum Tab: CaseIterable, Hashable, Sendable {
        case codes, inbox, accounts, settings
    }

    public internal(set) var tab = Tab.codes
    public internal(set) var screens: [Screen] = []
}

@MainActor
public final class OpenVault: Model<Place> {
    public private(set) lazy var codes = CodesModel(vault: self)
    public private(set) lazy var inbox = InboxModel(vault: self)
    public private(set) lazy var accounts = AccountsModel(vault: self)
    public private(set) lazy var settings = SettingsModel(vault: self)
    let core: CountersignCore
    let phone: Phone
    private(set) weak var app: AppModel?
    private var watching: Task<Void, Never>?
    private var toldToken: String?
    private var ticks = 0

    init(core: CountersignCore, phone: Phone, app: AppModel) {
        self.core = core
        self.phone = phone
        self.app = app
        super.init(Place())
        // Read while it is open for sure.
        _ = (codes, inbox, accounts, settings)
    }

    public func show(_ tab: Place.Tab) {
        state.screens.forEach { $0.model.close() }
        state = Place(tab: tab)
    }

    public func back() {
        state.screens.popLast()?.model.close()
    }

    /// Goes back until so many screens are left: a swipe may leave several at once.
    public func back(to count: Int) {
        while state.screens.count > max(count, 0) { back() }
    }

    /// Takes this model's screen away, wherever it stands: what it showed is gone.
    func leave(_ model: any Closing) {
        guard let at = state.screens.firstIndex(where: { $0.model === model }) else { return }
        model.close()
        state.screens.remove(at: at)
    }

    /// Puts something else in the place of the topmost screen, which is done.
    func goOn(to screen: Screen) {
        back()
        open(screen)
    }

    func open(_ screen: Screen) {
        state.screens.append(screen)
    }

    public func openScan() {
        open(.scan(ScanModel(vault: self)))
    }

    /// What came from outside is looked at like something scanned: the person sees what it is, and decides.
    public func openLink(_ link: String) {
        let scan = ScanModel(vault: self)
        scan.text(link)
        open(.scan(scan))
    }

    public func openEntry(id: String) {
        open(.entry(EntryModel(vault: self, id: id)))
    }

    public func openRequest(id: String) {
        if case .request(let model) = state.screens.last, model.id == id { return }
        open(.request(RequestModel(vault: self, id: id)))
    }

    public func openAccount(id: String) {
        open(.account(AccountModel(vault: self, id: id)))
    }

    public func openHistory() {
        open(.history(HistoryModel(vault: self)))
    }

    public func openImport() {
        open(.import(ImportModel(vault: self)))
    }

    public func openExport() {
        open(.export(ExportModel(vault: self)))
    }

    public func openPhrase() {
        open(.phrase(PhraseModel(vault: self)))
    }

    /// Where pushes reach this app has changed.
    public func pushTokenChanged() {
        guard let token = phone.notifications.token, token != toldToken else { return }
        toldToken = token
        look { [core] in _ = try await core.setPushToken(deviceToken: token) }
    }

    /// The phone may have a network again: what waits tries at once.
    public func networkIsBack() {
        look { [core] in _ = try await core.networkIsBack() }
    }

    func watch() {
        guard watching == nil else { return }
        let (news, told) = AsyncStream.makeStream(of: News.self)
        watching = Task { [core, weak self] in
            let observation = await core.observe(observer: Listener(told: told))
            for await one in news { self?.heard(one) }
            // Releasing it closes its connections.
            withExtendedLifetime(observation) {}
        }
        pushTokenChanged()
    }

    /// Closes the connections; what is shown stays.
    func rest() {
        watching?.cancel()
        watching = nil
    }

    func tick() {
        codes.refresh()
        for screen in state.screens {
            switch screen {
            case .request(let model): model.tick()
            case .offline(let model): model.tick()
            case .enroll(let model): model.tick()
            case .entry(let model): model.refresh()
            default: break
            }
        }
        if ticks % Self.ticksBetweenBackups == 0 { look { [core] in _ = try await core.backUpIfDue() } }
        ticks += 1
    }

    public override func close() {
        rest()
        app?.prompts.giveUp()
        state.screens.forEach { $0.model.close() }
        [codes, inbox, accounts, settings].forEach { (model: any Closing) in model.close() }
        super.close()
    }

    private func heard(_ news: News) {
        switch news {
        case .inbox(let now): inbox.changed(now)
        case .content: changed()
        case .stopped(let trouble): if core.isLocked() { app?.shut() } else { inbox.tell(trouble) }
        }
    }

    private func changed() {
        codes.refresh()
        accounts.refresh()
        settings.refresh()
        for screen in state.screens {
            switch screen {
            case .entry(let model): model.refresh()
            case .account(let model): model.refresh()
            default: break
            }
        }
    }

    private static let ticksBetweenBackups = 60
}

/// What the core tells by itself.
private enum News: Sendable {
    case inbox(Inbox)
    case content
    case stopped(Trouble)
}

/// Hears it on threads of the core's own.
private final class Listener: Observer {
    private let told: AsyncStream<News>.Continuation

    init(told: AsyncStream<News>.Continuation) {
        self.told = told
    }

    func onInboxChanged(inbox: Inbox) {
        told.yield(.inbox(inbox))
    }

    func onContentChanged() {
        told.yield(.content)
    }

    func onStopped(code: String, sentence: String) {
        told.yield(.stopped(Trouble(kind: .vault, code: code, sentence: sentence)))
        told.finish()
    }
}
