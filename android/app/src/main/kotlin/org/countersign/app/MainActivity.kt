package org.countersign.app

import android.content.Intent
import android.net.ConnectivityManager
import android.net.Network
import android.net.Uri
import android.os.Bundle
import android.view.WindowManager
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.core.content.IntentCompat
import androidx.fragment.app.FragmentActivity
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.countersign.app.model.AppState
import org.countersign.app.model.OpenVault
import org.countersign.app.model.Screen
import org.countersign.app.phone.Notices
import org.countersign.app.phone.Picked
import org.countersign.app.phone.read
import org.countersign.app.ui.AppScreen
import org.countersign.app.ui.Theme

/** The one window. Its content is kept out of screenshots, and touches through another app's window do not count. */
class MainActivity : FragmentActivity() {
    private val app get() = CountersignApp.of(this)

    private val network =
        object : ConnectivityManager.NetworkCallback() {
            override fun onAvailable(network: Network) {
                openVault()?.networkIsBack()
            }
        }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        enableEdgeToEdge()
        setContent {
            Theme { AppScreen(app.model) }
        }
        // Under everything that Compose draws: a window over this one could make a person approve without seeing what.
        window.decorView.filterTouchesWhenObscured = true
        if (savedInstanceState == null) handle(intent)
        lifecycleScope.launch {
            repeatOnLifecycle(Lifecycle.State.RESUMED) {
                while (true) {
                    app.model.tick()
                    delay(TICK)
                }
            }
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        handle(intent)
    }

    override fun onResume() {
        super.onResume()
        app.prompt.inFront(this)
        app.model.inFront()
        connectivity().registerDefaultNetworkCallback(network)
    }

    override fun onPause() {
        connectivity().unregisterNetworkCallback(network)
        app.prompt.left(this)
        super.onPause()
    }

    override fun onStop() {
        if (!isChangingConfigurations && !app.picking) app.model.inBackground()
        super.onStop()
    }

    override fun onUserInteraction() {
        super.onUserInteraction()
        app.model.touch()
    }

    /** Everything from outside is handed to the model, which shows it and waits for the person's yes. */
    private fun handle(intent: Intent) {
        when (intent.action) {
            Intent.ACTION_VIEW -> intent.dataString?.let { app.model.openLink(it) }
            Intent.ACTION_SEND -> shared(intent)
            Notices.ACTION_REQUEST -> intent.getStringExtra(Notices.EXTRA_REQUEST)?.let { app.model.openRequest(it) }
            ACTION_SCAN -> app.model.openScan()
        }
    }

    private fun shared(intent: Intent) {
        intent.getStringExtra(Intent.EXTRA_TEXT)?.let { return app.model.openLink(it) }
        val picture = IntentCompat.getParcelableExtra(intent, Intent.EXTRA_STREAM, Uri::class.java) ?: return
        once { vault ->
            val bytes = (read(picture) as? Picked.Content)?.bytes ?: return@once
            vault.openScan()
            (
                vault.state.value.screens
                    .last() as? Screen.Scan
            )?.model?.file(bytes)
        }
    }

    /** As soon as the vault is open. */
    private fun once(then: suspend (OpenVault) -> Unit) {
        lifecycleScope.launch {
            then(
                app.model.state
                    .filterIsInstance<AppState.Open>()
                    .first()
                    .vault,
            )
        }
    }

    private fun openVault(): OpenVault? = (app.model.state.value as? AppState.Open)?.vault

    private fun connectivity() = getSystemService(CONNECTIVITY_SERVICE) as ConnectivityManager

    companion object {
        const val ACTION_SCAN = "org.countersign.app.SCAN"
        private const val TICK = 1000L
    }
}
