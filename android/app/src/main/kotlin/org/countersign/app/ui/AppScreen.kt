package org.countersign.app.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import org.countersign.app.model.AppModel
import org.countersign.app.model.AppState

/** The whole app: what is shown follows from whether there is a vault, and whether it is open. */
@Composable
fun AppScreen(app: AppModel) {
    val state by app.state.collectAsState()
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
        when (val now = state) {
            AppState.Looking -> Looking(app)
            AppState.NoVault -> WelcomeScreen(app)
            is AppState.Locked -> LockedScreen(app, now)
            is AppState.Open -> Home(app, now)
            is AppState.CannotOpen -> RecoveryScreen(now.recovery)
        }
    }
}

/** For a moment; and if that moment ends badly, it is said. */
@Composable
private fun Looking(app: AppModel) {
    Box(Modifier.fillMaxSize().safeDrawingPadding(), contentAlignment = Alignment.Center) { Progress(app) }
}
