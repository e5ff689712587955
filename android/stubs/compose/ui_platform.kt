// Stub of Compose's way to the Android around it.
package androidx.compose.ui.platform

import android.content.Context
import android.content.res.Configuration
import androidx.compose.runtime.ProvidableCompositionLocal

val LocalContext: ProvidableCompositionLocal<Context> get() = throw IllegalStateException()
val LocalConfiguration: ProvidableCompositionLocal<Configuration> get() = throw IllegalStateException()
