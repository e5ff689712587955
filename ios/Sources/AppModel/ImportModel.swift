// Another app's file: read, opened with its password, shown, taken in. Reading can be cancelled.

import CountersignCore
import Foundation

/// How far an import is.
public enum ImportStep: Sendable {
    /// A file is to be picked.
    case pick
    /// The file is sealed: its password is asked for.
    case password
    /// Opening it takes this phone very long: the person is asked whether to go on.
    case costly
    /// What it would bring is shown; nothing is stored yet.
    case plan
    /// Stored.
    case done
}

public struct ImportState: Sendable {
    public internal(set) var step = ImportStep.pick
    /// The app that the file is of.
    public internal(set) var app = ""
    /// What becomes of each entry.
    public internal(set) var items: [ImportItem] = []
    /// Parts of the same export that are missing, from 1.
    public internal(set) var missingParts: [UInt32] = []

    init() {}

    init(plan: ImportPlan) {
        step = .plan
        app = plan.app()
        items = plan.items()
        missingParts = plan.missingParts()
    }
}

@MainActor
public final class ImportModel: Model<ImportState> {
    private weak var vault: OpenVault?
    private let core: CountersignCore
    private var plan: ImportPlan?
    private var file: Data?
    private var password: String?
    private var reading: Cancel?

    init(vault: OpenVault, plan: ImportPlan? = nil) {
        self.vault = vault
        self.plan = plan
        core = vault.core
        super.init(plan.map(ImportState.init) ?? ImportState())
    }

    /// Looks into the file that the person has picked.
    public func read(file: Data) {
        forget()
        self.file = file
        read(evenIfCostly: false)
    }

    public func password(_ password: String) {
        self.password = password
        read(evenIfCostly: false)
    }

    /// The person wants to wait.
    public func goOn() {
        read(evenIfCostly: true)
    }

    /// Takes in what was shown, all of it or nothing.
    public func confirm() {
        guard let plan else { return }
        work { [core, vault] in
            let items = try await core.import(plan: plan)
            self.forget()
            self.state.step = .done
            self.state.items = items
            vault?.codes.refresh()
        }
    }

    /// Another file.
    public func startOver() {
        cancel()
        forget()
        state = ImportState()
    }

    /// The computing itself ends too.
    public override func cancel() {
        reading?.cancel()
        super.cancel()
    }

    public override func close() {
        super.close()
        forget()
    }

    private func read(evenIfCostly: Bool) {
        guard let file else { return }
        let reading = Cancel()
        work { [core, password] in
            self.reading = reading
            do {
                let plan = try await wanted {
                    try await core.planImport(
                        file: file, password: password, evenIfCostly: evenIfCostly, cancel: reading)
                }
                self.plan = plan
                self.state = ImportState(plan: plan)
            } catch {
                // The file asks for something: what was wrong before is told, what is asked for first is no error.
                switch Trouble(error)?.code {
                case "import_needs_password": self.state.step = .password
                case "import_costly": self.state.step = .costly
                default: throw error
                }
            }
        }
    }

    private func forget() {
        reading?.cancel()
        file = nil
        password = nil
        plan = nil
        reading = nil
    }
}
