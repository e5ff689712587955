// Stub of androidx.activity's Compose part 1.10.
package androidx.activity.compose

import android.app.Activity
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContract
import androidx.compose.runtime.Composable
import androidx.compose.runtime.ProvidableCompositionLocal

val LocalActivity: ProvidableCompositionLocal<Activity?> get() = throw IllegalStateException()
fun ComponentActivity.setContent(content: @Composable () -> Unit): Unit = throw IllegalStateException()
@Composable fun BackHandler(enabled: Boolean = true, onBack: () -> Unit): Unit = throw IllegalStateException()
class ManagedActivityResultLauncher<I, O> internal constructor() { fun launch(input: I): Unit = throw IllegalStateException() }
@Composable fun <I, O> rememberLauncherForActivityResult(
    contract: ActivityResultContract<I, O>, onResult: (O) -> Unit,
): ManagedActivityResultLauncher<I, O> = throw IllegalStateException()
