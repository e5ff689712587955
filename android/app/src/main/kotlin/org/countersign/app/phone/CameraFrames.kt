package org.countersign.app.phone

import android.content.Context
import androidx.camera.core.Camera
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageProxy
import androidx.camera.core.Preview
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import androidx.core.content.ContextCompat
import androidx.lifecycle.LifecycleOwner
import java.util.concurrent.Executors

/** Hands the camera's grey plane to the core's scanner, one frame after the other; what comes meanwhile is dropped. */
class CameraFrames(
    private val context: Context,
    private val frame: (luma: ByteArray, width: Int, height: Int, rowStride: Int) -> Unit,
) {
    private val thread = Executors.newSingleThreadExecutor()
    private var provider: ProcessCameraProvider? = null
    private var camera: Camera? = null
    private var closed = false

    /** `failed`: another app has the camera, or there is none. */
    fun start(
        owner: LifecycleOwner,
        view: PreviewView,
        failed: () -> Unit,
    ) {
        val coming = ProcessCameraProvider.getInstance(context)
        coming.addListener({
            try {
                if (!closed) bind(coming.get(), owner, view)
            } catch (unusable: Exception) {
                failed()
            }
        }, ContextCompat.getMainExecutor(context))
    }

    fun torch(on: Boolean) {
        camera?.cameraControl?.enableTorch(on)
    }

    /** From 0, as wide as it goes, to 1. */
    fun zoom(part: Float) {
        camera?.cameraControl?.setLinearZoom(part)
    }

    fun close() {
        closed = true
        provider?.unbindAll()
        thread.shutdown()
    }

    private fun bind(
        provider: ProcessCameraProvider,
        owner: LifecycleOwner,
        view: PreviewView,
    ) {
        this.provider = provider
        val preview = Preview.Builder().build()
        preview.setSurfaceProvider(view.surfaceProvider)
        val analysis = ImageAnalysis.Builder().setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST).build()
        analysis.setAnalyzer(thread) { image -> image.use { hand(it) } }
        provider.unbindAll()
        camera = provider.bindToLifecycle(owner, CameraSelector.DEFAULT_BACK_CAMERA, preview, analysis)
    }

    private fun hand(image: ImageProxy) {
        val grey = image.planes[0]
        val luma = ByteArray(grey.buffer.remaining())
        grey.buffer.get(luma)
        frame(luma, image.width, image.height, grey.rowStride)
    }
}
