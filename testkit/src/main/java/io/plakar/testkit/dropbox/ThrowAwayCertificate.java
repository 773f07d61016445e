package io.plakar.testkit.dropbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate for some host names that is its own authority, made by the JDK's keytool and valid for a few days. Its key exists only
 * in this process: the key store it came in is deleted. Immutable.
 */
final class ThrowAwayCertificate {
    private static final String ALIAS = "dropbox";
    private static final String PASSWORD_VARIABLE = "PLAKAR_KEYSTORE_PASSWORD";

    private final SSLContext context;
    private final Path file;

    private ThrowAwayCertificate(SSLContext context, Path file) {
        this.context = context;
        this.file = file;
    }

    /**
     * Makes a certificate.
     *
     * @param directory where the PEM file goes; only its owner should be able to read it
     */
    static ThrowAwayCertificate create(Path directory, List<String> hosts) throws IOException {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        String password = HexFormat.of().formatHex(secret);
        Path keys = directory.resolve("keys.p12");
        try {
            runKeytool(keys, password, hosts);
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(keys)) {
                store.load(in, password.toCharArray());
            }
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            Path file = directory.resolve("ca.pem");
            Files.writeString(file, pem(store.getCertificate(ALIAS)));
            return new ThrowAwayCertificate(context, file);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(keys);
        }
    }

    private static void runKeytool(Path keys, String password, List<String> hosts) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-dname", "CN=throw-away certificate of a Dropbox emulator", "-validity", "7"));
        // Clocks that run a little behind ours must accept it too.
        command.addAll(List.of("-startdate", "-1d", "-ext", "bc:c=ca:true", "-ext"));
        command.add("san=" + hosts.stream().map(host -> "dns:" + host).collect(Collectors.joining(",")));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", keys.toString()));
        command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("keytool failed with status " + status + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }

    private static String pem(Certificate certificate) throws GeneralSecurityException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    }

    /** TLS for a server that shows this certificate. */
    SSLContext context() {
        return context;
    }

    /** The certificate in PEM, for clients to trust. */
    Path file() {
        return file;
    }
}
