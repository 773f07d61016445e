package io.plakar.kloset.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ContentTypeTest {
    static List<Arguments> samples() throws Exception {
        try (InputStream in = ContentTypeTest.class.getResourceAsStream("/vectors/snapshot-content-types.json")) {
            JsonNode root = new ObjectMapper().readTree(in);
            List<Arguments> samples = new ArrayList<>();
            for (JsonNode sample : root.get("samples")) {
                byte[] head = HexFormat.of().parseHex(sample.get("head_hex").asString());
                int length = Math.min(sample.get("length").asInt(), ContentType.HEAD_BYTES);
                byte[] content = Arrays.copyOf(head, length);
                if (length > head.length) {
                    Arrays.fill(content, head.length, length, head[head.length - 1]);
                }
                samples.add(Arguments.of(
                        sample.get("name").asString(),
                        content,
                        sample.get("content_type").asString()));
            }
            return samples;
        }
    }

    @ParameterizedTest(name = "{0} is {2}")
    @MethodSource("samples")
    void aRecordedSampleHasTheRecordedType(String name, byte[] content, String type) {
        byte[] shifted = new byte[content.length + 12];
        Arrays.fill(shifted, (byte) '<');
        System.arraycopy(content, 0, shifted, 7, content.length);
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo(type);
        assertThat(ContentType.detect(shifted, 7, content.length)).isEqualTo(type);
    }

    @Test
    void thereAreManySamples() throws Exception {
        assertThat(samples()).hasSize(77);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "424d460000000000000036000000280000000100| image/bmp",
                "664c614300000022| audio/flac",
                "524946462400000041564920 4c49535400000000| video/x-msvideo",
                "000000186674797068656963| image/heic",
                "000000186674797061766966| image/avif",
                "00000018667479704d344120| audio/x-m4a",
                "000000186674797033677035| video/3gpp",
                "0000001466747970717420 20| video/quicktime",
                "1a45dfa38b4282847765626d| video/webm",
                "cafebabe00000002| application/x-mach-binary",
                "213c617263683e0a64656269616e2d62696e617279| application/vnd.debian.binary-package",
                "213c617263683e0a2f| application/x-archive",
                "d0cf11e0a1b11ae1| application/x-ole-storage",
                "fffb9000| audio/mpeg",
                "000001ba44| video/mpeg",
                "774f4632| font/woff2",
                "0001000000120100000400204453494700000000| font/ttf",
                "edabeedb| application/x-rpm",
                "303730373031| application/x-cpio",
                "feff00680069| text/plain; charset=utf-16be",
                "fffe000068000000| text/plain; charset=utf-32le",
                "80938481| text/plain; charset=windows-1252",
                "636166e9| text/plain; charset=iso-8859-1",
                "c3a9c3| text/plain; charset=utf-8",
                "61627f| text/plain",
                "616208| application/octet-stream",
            })
    void magicNumbersAreRecognised(String hex, String type) {
        byte[] content = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo(type);
    }

    static List<Arguments> texts() {
        return List.of(
                Arguments.of("#!/usr/bin/env bash\n", "text/x-shellscript"),
                Arguments.of("#! /bin/zsh -e\n", "text/x-shellscript"),
                Arguments.of("#!/usr/bin/env node\n", "text/javascript"),
                Arguments.of("#!/usr/local/bin/python3.12\n", "text/x-python"),
                Arguments.of("#!/bin/foo\n", "text/plain; charset=utf-8"),
                Arguments.of("<!DOCTYPE html>\n<p>x", "text/html; charset=utf-8"),
                Arguments.of("<html><meta charset=\"ISO-8859-2\">", "text/html; charset=iso-8859-2"),
                Arguments.of("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "text/xml; charset=utf-16"),
                Arguments.of("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg/>", "image/svg+xml"),
                Arguments.of("<?xml version=\"1.0\"?><rss version=\"2.0\"/>", "application/rss+xml"),
                Arguments.of("{\"a\": [1, -2.5e3, true, null, {}]} \n", "application/json"),
                Arguments.of("{\"a\": 1", "text/plain; charset=utf-8"),
                Arguments.of("{\"a\": 01}", "text/plain; charset=utf-8"),
                Arguments.of("{\"asset\":{\"version\":\"2.0\"}}", "model/gltf+json"),
                Arguments.of("[1]\n[2]\nx\n", "text/plain; charset=utf-8"),
                Arguments.of("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "text/csv"),
                Arguments.of("a,b\nc\n", "text/plain; charset=utf-8"),
                Arguments.of("a,b\n", "text/plain; charset=utf-8"),
                Arguments.of("1\n00:00:01,000 --> 00:00:02,000\nHi\n", "application/x-subrip"),
                Arguments.of("WEBVTT\n\n", "text/vtt"),
                Arguments.of("P3\n1 1\n255\n1 2 3\n", "image/x-portable-pixmap"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textsAreToldApart(String text, String type) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo(type);
    }

    @Test
    void aCharacterCutOffAtTheEndOfTheHeadLeavesItUtf8() {
        byte[] content = "é".repeat(ContentType.HEAD_BYTES).getBytes(StandardCharsets.UTF_8);
        content = Arrays.copyOfRange(content, 1, content.length);
        content[0] = 'x';
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void whatFollowsTheHeadDoesNotMatter() {
        byte[] content = new byte[ContentType.HEAD_BYTES + 10];
        Arrays.fill(content, (byte) 'x');
        content[ContentType.HEAD_BYTES] = 0;
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void anyBytesHaveAType() throws Exception {
        long seed = 20261124;
        Random random = new Random(seed);
        List<Arguments> samples = samples();
        for (int round = 0; round < 20_000; round++) {
            byte[] content;
            if (round % 2 == 0) {
                content = new byte[random.nextInt(200)];
                random.nextBytes(content);
            } else {
                byte[] sample =
                        (byte[]) samples.get(random.nextInt(samples.size())).get()[1];
                content = Arrays.copyOf(sample, random.nextInt(sample.length + 1));
                if (content.length > 0) {
                    content[random.nextInt(content.length)] = (byte) random.nextInt();
                }
            }
            assertThat(ContentType.detect(content, 0, content.length))
                    .as("seed %d round %d", seed, round)
                    .matches("[a-z]+/[a-z0-9.+-]+(; charset=[a-z0-9:._-]+)?");
        }
    }

    @Test
    void deepJsonIsRead() {
        byte[] content = new byte[ContentType.HEAD_BYTES];
        Arrays.fill(content, (byte) '[');
        assertThat(ContentType.detect(content, 0, content.length)).isEqualTo("application/json");
    }
}
