// Compile-only declarations of BackgroundTasks, as far as the adapters use it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

open class BGTaskRequest: NSObject { open var earliestBeginDate: Date? = nil }
open class BGAppRefreshTaskRequest: BGTaskRequest { public init(identifier: String) { stub() } }
open class BGTaskScheduler: NSObject {
    public class var shared: BGTaskScheduler { stub() }
    open func submit(_ request: BGTaskRequest) throws { stub() }
}
