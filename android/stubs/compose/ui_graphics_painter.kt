// Stub of Compose's graphics: what draws.
package androidx.compose.ui.graphics.painter

abstract class Painter
