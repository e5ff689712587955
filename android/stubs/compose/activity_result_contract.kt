// Stub of androidx.activity 1.10: what another activity can be asked for.
package androidx.activity.result.contract

import android.net.Uri
import androidx.activity.result.PickVisualMediaRequest

abstract class ActivityResultContract<I, O>
class ActivityResultContracts private constructor() {
    class RequestPermission : ActivityResultContract<String, Boolean>()
    class OpenDocument : ActivityResultContract<Array<String>, Uri?>()
    class OpenDocumentTree : ActivityResultContract<Uri?, Uri?>()
    class CreateDocument(private val mimeType: String) : ActivityResultContract<String, Uri?>()
    class PickVisualMedia : ActivityResultContract<PickVisualMediaRequest, Uri?>() {
        sealed interface VisualMediaType
        object ImageOnly : VisualMediaType
    }
}
