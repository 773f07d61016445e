package io.plakar.interop;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * A directory with something for each part of the viewer: texts, media, odd names, files that mean harm, and a folder of
 * many. It changes from one snapshot to the next.
 */
record ViewerSource(Path root) {
    /** Files in the folder of many. */
    static final int MANY = 1000;

    static ViewerSource make(Path root) throws IOException {
        ViewerSource source = new ViewerSource(root);
        source.write("docs/readme.md", "# Notes\n\nSome *text* with `code`.\n");
        source.write("docs/letter.txt", "A line of a letter that is quite ordinary.\n".repeat(300));
        source.write("docs/data.json", "{\"name\": \"plakar\", \"numbers\": [1, 2.5, -3e8]}\n");
        source.write(
                "docs/evil.html",
                "<h1>A page</h1><p>stored in a snapshot</p><script>parent.owned = 1; top.document.title = 'owned'</script>"
                        + "<img src=x onerror=\"parent.owned = 1\">");
        source.write("docs/contract.pdf", pdf());
        source.write(
                "photos/evil.svg",
                "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='90'><script>parent.owned = 1</script>"
                        + "<rect width='200' height='90' fill='teal'/></svg>");
        source.write("src/Main.java", """
                package demo;

                /** Says hello. */
                public final class Main {
                    // the greeting
                    private static final String TEXT = "hello, <b>world</b>";

                    public static void main(String[] args) {
                        for (int i = 0; i < 10; i++) {
                            System.out.println(TEXT + i);
                        }
                    }
                }
                """);
        source.write(
                "src/tool.py", "import os\n\n# walk\ndef main(path: str) -> int:\n    return len(os.listdir(path))\n");
        source.write("src/deploy.sh", "#!/bin/sh\nset -e\nfor f in *.txt; do echo \"$f\"; done\n");
        source.write("odd/name with 'quotes' & <tags>.txt", "odd\n");
        source.write("odd/\u202egpj.txt", "hidden\n");
        source.write("odd/a+b%20c?#.txt", "percent\n");
        source.write("odd/empty", "");
        Files.createSymbolicLink(root.resolve("odd/link"), Path.of("../docs/readme.md"));
        Files.createSymbolicLink(root.resolve("odd/dangling"), Path.of("/nowhere/at/all"));
        Files.createDirectories(root.resolve("media"));
        byte[] noise = new byte[70_000];
        new Random(7).nextBytes(noise);
        Files.write(root.resolve("media/blob.bin"), noise);
        Files.write(root.resolve("media/tone.wav"), wave());
        BufferedImage image = new BufferedImage(480, 300, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 480; x++) {
            for (int y = 0; y < 300; y++) {
                image.setRGB(x, y, (255 - y / 2) << 16 | (120 + y / 4) << 8 | (60 + x / 3));
            }
        }
        ImageIO.write(image, "png", root.resolve("photos/sunset.png").toFile());
        for (int i = 0; i < MANY; i++) {
            source.write("many/file-%04d.txt".formatted(i), ("file " + i + "\n").repeat(i % 40 + 1));
        }
        return source;
    }

    /** What happens before the snapshot {@code version}, counted from one. */
    void change(int version) throws IOException {
        Path letter = root.resolve("docs/letter.txt");
        Files.writeString(letter, Files.readString(letter) + "version " + version + "\n");
        write("docs/new-" + version + ".txt", "new " + version + "\n");
        if (version == 3) {
            Files.delete(root.resolve("docs/data.json"));
        }
        if (version == 4) {
            write("src/tool.py", "import sys\n\nprint(sys.argv)\n");
        }
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Three seconds of a tone. */
    private static byte[] wave() {
        int samples = 24_000;
        ByteBuffer wave = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        wave.put("RIFF".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
        wave.put("WAVEfmt ".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putInt(16);
        wave.putShort((short) 1)
                .putShort((short) 1)
                .putInt(8000)
                .putInt(16_000)
                .putShort((short) 2)
                .putShort((short) 16);
        wave.put("data".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putInt(2 * samples);
        for (int i = 0; i < samples; i++) {
            wave.putShort((short) (9000 * Math.sin(i / 6.0)));
        }
        return wave.array();
    }

    private static String pdf() {
        return """
                %PDF-1.4
                1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
                2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
                3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font\
                /Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
                4 0 obj<</Length 45>>stream
                BT /F1 24 Tf 40 120 Td (A stored page) Tj ET
                endstream endobj
                trailer<</Root 1 0 R>>
                """;
    }
}
