package org.countersign.app.ui

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.consumeWindowInsets
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.navigationBars
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.Badge
import androidx.compose.material3.BadgedBox
import androidx.compose.material3.Icon
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.NavigationRail
import androidx.compose.material3.NavigationRailItem
import androidx.compose.material3.Text
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.AppModel
import org.countersign.app.model.AppState
import org.countersign.app.model.OpenVault
import org.countersign.app.model.Screen
import org.countersign.app.model.Tab

/** An open vault: its four tabs, and the screens over them; on a large screen both side by side. */
@Composable
fun Home(
    app: AppModel,
    open: AppState.Open,
) {
    val vault = open.vault
    val place by vault.state.collectAsState()
    val inbox by vault.inbox.state.collectAsState()
    val waiting = inbox.inbox?.pending?.size ?: 0
    val over = place.screens.lastOrNull()
    // The system shows where the gesture leads, and leaves the app from the first tab.
    BackHandler(enabled = over != null) { vault.back() }
    BackHandler(enabled = over == null && place.tab != Tab.CODES) { vault.show(Tab.CODES) }
    BoxWithConstraints(Modifier.fillMaxSize()) {
        val wide = maxWidth >= TWO_PANES.dp
        val rail = maxWidth >= RAIL.dp
        // The bar stands on the system's own bar; whatever is above it must not make room for that once more.
        Row(if (rail) Modifier.fillMaxSize().safeDrawingPadding() else Modifier.fillMaxSize()) {
            if (rail) Rail(place.tab, waiting, vault::show)
            if (wide) {
                Column(Modifier.weight(1f).fillMaxHeight()) { TabPane(app, open, place.tab) }
                VerticalDivider()
                Box(Modifier.weight(1f).fillMaxHeight()) { over?.let { Over(vault, it) } }
            } else {
                Column(Modifier.weight(1f).fillMaxHeight()) {
                    if (over != null) {
                        Over(vault, over)
                    } else {
                        val room = Modifier.weight(1f).fillMaxWidth()
                        val bars = WindowInsets.navigationBars
                        Box(if (rail) room else room.consumeWindowInsets(bars)) { TabPane(app, open, place.tab) }
                        if (!rail) Bar(place.tab, waiting, vault::show)
                    }
                }
            }
        }
    }
}

@Composable
private fun TabPane(
    app: AppModel,
    open: AppState.Open,
    tab: Tab,
) {
    val vault = open.vault
    Column(Modifier.fillMaxSize()) {
        if (open.keyLost) Notice(stringResource(R.string.open_key_lost))
        Progress(app)
        when (tab) {
            Tab.CODES -> CodesScreen(vault)
            Tab.INBOX -> InboxScreen(vault)
            Tab.ACCOUNTS -> AccountsScreen(vault)
            Tab.SETTINGS -> SettingsScreen(app, vault)
        }
    }
}

@Composable
private fun Over(
    vault: OpenVault,
    screen: Screen,
) {
    // Another screen of the same kind is another screen: what was typed into the first is not in the second.
    key(screen.model) {
        when (screen) {
            is Screen.Scan -> ScanScreen(screen.model, vault::back)
            is Screen.Entry -> EntryScreen(screen.model, vault::back)
            is Screen.Enroll -> EnrollScreen(screen.model, vault::back)
            is Screen.Request -> RequestScreen(screen.model, vault::back)
            is Screen.Offline -> OfflineScreen(screen.model, vault::back)
            is Screen.Account -> AccountScreen(screen.model, vault::back)
            is Screen.History -> HistoryScreen(screen.model, vault::back)
            is Screen.Import -> ImportScreen(screen.model, vault::back)
            is Screen.Export -> ExportScreen(screen.model, vault::back)
            is Screen.Phrase -> PhraseScreen(screen.model, vault::back)
        }
    }
}

@Composable
private fun Bar(
    now: Tab,
    waiting: Int,
    show: (Tab) -> Unit,
) {
    NavigationBar {
        Tab.entries.forEach { tab ->
            NavigationBarItem(
                selected = tab == now,
                onClick = { show(tab) },
                icon = { TabIcon(tab, waiting) },
                label = { Text(stringResource(name(tab))) },
            )
        }
    }
}

@Composable
private fun Rail(
    now: Tab,
    waiting: Int,
    show: (Tab) -> Unit,
) {
    NavigationRail {
        Tab.entries.forEach { tab ->
            NavigationRailItem(
                selected = tab == now,
                onClick = { show(tab) },
                icon = { TabIcon(tab, waiting) },
                label = { Text(stringResource(name(tab))) },
            )
        }
    }
}

@Composable
private fun TabIcon(
    tab: Tab,
    waiting: Int,
) {
    val picture =
        when (tab) {
            Tab.CODES -> R.drawable.ic_codes
            Tab.INBOX -> R.drawable.ic_inbox
            Tab.ACCOUNTS -> R.drawable.ic_accounts
            Tab.SETTINGS -> R.drawable.ic_settings
        }
    BadgedBox(badge = { if (tab == Tab.INBOX && waiting > 0) Badge { Text(waiting.toString()) } }) {
        // The label under it says what it is.
        Icon(painterResource(picture), contentDescription = null)
    }
}

private fun name(tab: Tab): Int =
    when (tab) {
        Tab.CODES -> R.string.tab_codes
        Tab.INBOX -> R.string.tab_inbox
        Tab.ACCOUNTS -> R.string.tab_accounts
        Tab.SETTINGS -> R.string.tab_settings
    }

/** From here on the tabs stand at the side, and from here on there are two panes: Material's own widths. */
private const val RAIL = 600
private const val TWO_PANES = 840
