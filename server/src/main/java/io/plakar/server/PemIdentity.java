package io.plakar.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's certificate chain and key from PEM files. Stateless. */
public final class PemIdentity {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS");

    private PemIdentity() {}

    /**
     * TLS that shows the certificates of {@code certificates}, the server's own one first.
     *
     * @param key an unencrypted PKCS#8 key
     * @throws IOException when a file cannot be read or holds something else; the message names it
     */
    public static SSLContext load(Path certificates, Path key) throws IOException {
        try {
            Certificate[] chain = chain(certificates);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key(key), new char[0], chain);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(certificates + " and " + key + ": " + e.getMessage(), e);
        }
    }

    private static Certificate[] chain(Path file) throws IOException {
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (!found.isEmpty()) {
                return found.toArray(new Certificate[0]);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificate in PEM: " + e.getMessage(), e);
        }
        throw new IOException(file + " holds no certificate in PEM");
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher found = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new IOException(file + " holds no private key in PEM");
        }
        if (!found.group(1).equals("PRIVATE KEY")) {
            throw new IOException(file + " holds a key of the form " + found.group(1)
                    + "; convert it: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(found.group(2));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds a damaged private key", e);
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // A key of another kind.
            }
        }
        throw new IOException(file + " holds a private key of an unknown kind");
    }
}
