// Stub of Compose's runtime 1.8: annotations, and what Kotlin's Compose plugin writes calls of.
package androidx.compose.runtime

@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.FUNCTION, AnnotationTarget.TYPE, AnnotationTarget.TYPE_PARAMETER, AnnotationTarget.PROPERTY_GETTER)
annotation class Composable
@Target(AnnotationTarget.TYPE)
annotation class DisallowComposableCalls
@Target(AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY_GETTER)
annotation class ReadOnlyComposable
@Target(AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY_GETTER)
annotation class NonRestartableComposable
annotation class Stable
annotation class Immutable
annotation class StableMarker
@Target(
    AnnotationTarget.FILE, AnnotationTarget.FUNCTION, AnnotationTarget.TYPE, AnnotationTarget.TYPE_PARAMETER, AnnotationTarget.PROPERTY_GETTER,
)
annotation class ComposableInferredTarget(val scheme: String)
@Target(
    AnnotationTarget.FILE, AnnotationTarget.FUNCTION, AnnotationTarget.TYPE, AnnotationTarget.TYPE_PARAMETER, AnnotationTarget.PROPERTY_GETTER,
)
annotation class ComposableTarget(val applier: String)
@Target(AnnotationTarget.ANNOTATION_CLASS)
annotation class ComposableTargetMarker(val description: String = "")

/** The plugin refuses runtimes that are older than itself; this one is never run. */
object ComposeVersion { const val version: Int = 99999 }

interface ScopeUpdateScope { fun updateScope(block: (Composer, Int) -> Unit) }
interface Composer {
    val skipping: Boolean
    val defaultsInvalid: Boolean
    val currentMarker: Int
    fun startReplaceableGroup(key: Int)
    fun endReplaceableGroup()
    fun startReplaceGroup(key: Int)
    fun endReplaceGroup()
    fun startMovableGroup(key: Int, dataKey: Any?)
    fun endMovableGroup()
    fun startDefaults()
    fun endDefaults()
    fun startRestartGroup(key: Int): Composer
    fun endRestartGroup(): ScopeUpdateScope?
    fun skipToGroupEnd()
    fun shouldExecute(parametersChanged: Boolean, flags: Int): Boolean
    fun endToMarker(marker: Int)
    fun joinKey(left: Any?, right: Any?): Any
    fun rememberedValue(): Any?
    fun updateRememberedValue(value: Any?)
    fun changed(value: Any?): Boolean
    fun changed(value: Boolean): Boolean
    fun changed(value: Char): Boolean
    fun changed(value: Byte): Boolean
    fun changed(value: Short): Boolean
    fun changed(value: Int): Boolean
    fun changed(value: Float): Boolean
    fun changed(value: Long): Boolean
    fun changed(value: Double): Boolean
    fun changedInstance(value: Any?): Boolean
    companion object { val Empty: Any = Any() }
}

val currentComposer: Composer @Composable get() = absent()
inline fun <T> Composer.cache(invalid: Boolean, block: () -> T): T = throw IllegalStateException()
external fun sourceInformation(composer: Composer, sourceInformation: String)
external fun sourceInformationMarkerStart(composer: Composer, key: Int, sourceInformation: String)
external fun sourceInformationMarkerEnd(composer: Composer)
external fun isTraceInProgress(): Boolean
external fun traceEventStart(key: Int, dirty1: Int, dirty2: Int, info: String)
external fun traceEventEnd()
external fun updateChangedFlags(flags: Int): Int
