package org.countersign.app.ui

import androidx.camera.view.PreviewView
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.Slider
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.viewinterop.AndroidView
import androidx.lifecycle.compose.LocalLifecycleOwner
import org.countersign.app.R
import org.countersign.app.phone.CameraFrames

/** What the camera sees, with torch and zoom; its frames go to the scanner and nowhere else. */
@Composable
fun CameraView(frame: (luma: ByteArray, width: Int, height: Int, rowStride: Int) -> Unit) {
    val context = LocalContext.current
    val owner = LocalLifecycleOwner.current
    val camera = remember { CameraFrames(context, frame) }
    var torch by remember { mutableStateOf(false) }
    var zoom by remember { mutableStateOf(0f) }
    var failed by remember { mutableStateOf(false) }
    DisposableEffect(camera) { onDispose { camera.close() } }
    if (failed) return Notice(stringResource(R.string.scan_camera_gone), isError = true)
    AndroidView(
        factory = { PreviewView(it).also { view -> camera.start(owner, view) { failed = true } } },
        modifier = Modifier.fillMaxWidth().heightIn(max = 480.dp).aspectRatio(1f),
    )
    TextButton(onClick = {
        torch = !torch
        camera.torch(torch)
    }) { Text(stringResource(if (torch) R.string.scan_torch_off else R.string.scan_torch_on)) }
    val label = stringResource(R.string.scan_zoom)
    Slider(
        value = zoom,
        onValueChange = {
            zoom = it
            camera.zoom(it)
        },
        modifier = Modifier.semantics { contentDescription = label },
    )
}
