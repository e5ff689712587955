package org.countersign.app.model

import org.countersign.core.ConnectionOptions
import org.countersign.core.DevicePlatform
import org.countersign.core.PlatformKeyStore

/** What the models want of the phone under them. The app fills it in once, tests do it with plain classes. */
class Phone(
    /** Where the vault's file is, or will be. */
    val vaultPath: String,
    /** The phone's hardware keys, by the core's own interface. */
    val keys: PlatformKeyStore,
    val clipboard: Clipboard,
    /** Milliseconds of a clock that nobody can set, for counting down. */
    val uptime: () -> Long,
    /** The name that this phone is offered under when it is enrolled. */
    val deviceName: String,
    /** Where pushes reach this app; none where it has no push service, or does not know yet. */
    val pushToken: () -> String? = { null },
    val platform: DevicePlatform = DevicePlatform.ANDROID,
    val connection: ConnectionOptions = ConnectionOptions(null),
)

/** The clipboard, as far as codes need it. */
interface Clipboard {
    /** Copies a code, marked as sensitive, and wipes it after so many seconds if it is still there. */
    fun copy(
        code: String,
        wipeAfterSeconds: Int,
    )
}
