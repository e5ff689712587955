package org.countersign.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.Doing
import org.countersign.app.model.Model

/** What every screen has: a title, a way back if there is one, and room for what goes on and what went wrong. */
@Composable
fun Frame(
    title: String,
    model: Model<*>,
    back: (() -> Unit)? = null,
    actions: @Composable () -> Unit = {},
    content: @Composable ColumnScope.() -> Unit,
) {
    Column(Modifier.fillMaxSize().safeDrawingPadding()) {
        Row(Modifier.fillMaxWidth().padding(8.dp), verticalAlignment = Alignment.CenterVertically) {
            if (back != null) {
                IconButton(onClick = back) {
                    Icon(painterResource(R.drawable.ic_back), contentDescription = stringResource(R.string.action_back))
                }
            }
            Text(
                title,
                style = MaterialTheme.typography.titleLarge,
                modifier = Modifier.weight(1f).padding(start = 8.dp).semantics { heading() },
            )
            actions()
        }
        Progress(model)
        content()
    }
}

/** The same for a page that is read from top to bottom. */
@Composable
fun Page(
    title: String,
    model: Model<*>,
    back: (() -> Unit)? = null,
    content: @Composable ColumnScope.() -> Unit,
) {
    Frame(title, model, back) {
        Column(
            Modifier
                .fillMaxSize()
                .verticalScroll(rememberScrollState())
                .padding(16.dp)
                .widthIn(max = READABLE.dp),
            verticalArrangement = Arrangement.spacedBy(12.dp),
            content = content,
        )
    }
}

/** That something is under way, with a way to stop it, or what went wrong, with a way to put it away. */
@Composable
fun Progress(model: Model<*>) {
    val doing by model.doing.collectAsState()
    when (val now = doing) {
        Doing.Nothing -> {
            return
        }

        Doing.Working -> {
            Row(Modifier.fillMaxWidth().padding(horizontal = 16.dp), verticalAlignment = Alignment.CenterVertically) {
                LinearProgressIndicator(Modifier.weight(1f))
                TextButton(onClick = model::cancel) { Text(stringResource(R.string.action_cancel)) }
            }
        }

        is Doing.Failed -> {
            Notice(said(now.trouble), isError = true, close = model::dismiss)
        }
    }
}

/** A sentence that must not be missed; screen readers say it when it appears. */
@Composable
fun Notice(
    text: String,
    isError: Boolean = false,
    close: (() -> Unit)? = null,
) {
    val colors = MaterialTheme.colorScheme
    Card(
        modifier = Modifier.fillMaxWidth().padding(8.dp).semantics { liveRegion = LiveRegionMode.Polite },
        colors = CardDefaults.cardColors(containerColor = if (isError) colors.errorContainer else colors.secondaryContainer),
    ) {
        Row(Modifier.padding(12.dp), verticalAlignment = Alignment.CenterVertically) {
            Text(text, Modifier.weight(1f))
            if (close != null) TextButton(onClick = close) { Text(stringResource(R.string.action_close)) }
        }
    }
}

/** The title of a part of a page. */
@Composable
fun PartTitle(text: String) {
    Text(
        text,
        style = MaterialTheme.typography.titleMedium,
        color = MaterialTheme.colorScheme.primary,
        modifier = Modifier.padding(top = 16.dp).semantics { heading() },
    )
}

/** One fact: what it is, and how it is. */
@Composable
fun Fact(
    label: String,
    value: String,
) {
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}) {
        Text(label, style = MaterialTheme.typography.labelMedium)
        Text(value, style = MaterialTheme.typography.bodyLarge)
    }
}

/** Longer lines are hard to read on a large screen. */
private const val READABLE = 640
