package android.security.keystore;

import java.security.ProviderException;

/** Stub: API 28. */
public class StrongBoxUnavailableException extends ProviderException {}
