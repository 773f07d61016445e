package io.plakar.kloset;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.plakar.kloset.blob.BlobSink;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import org.junit.jupiter.api.Test;

/** What the engine may know and do: the rules that make it a library. */
class BoundariesTest {
    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.plakar.kloset");

    @Test
    void the_engine_knows_only_the_jdk_the_connector_interface_and_the_vetted_codecs() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "jdk.incubator.vector..",
                        "io.plakar.kloset..",
                        "io.plakar.connector",
                        "org.jspecify.annotations",
                        "net.jpountz..",
                        "org.conscrypt..",
                        "org.bouncycastle.."))
                .check(ENGINE);
    }

    @Test
    void the_engine_prints_nothing() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessField(System.class, "in")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .orShould()
                .callMethod(System.class, "console")
                .check(ENGINE);
    }

    @Test
    void the_engine_reads_neither_environment_nor_system_properties() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(assignableTo(System.class)))
                        .and(target(nameMatching("getenv|getProperty|getProperties|setProperty"))))
                .orShould()
                .callMethodWhere(target(nameMatching("getBoolean|getInteger|getLong"))
                        .and(target(owner(assignableTo(Boolean.class)
                                .or(assignableTo(Integer.class))
                                .or(assignableTo(Long.class))))))
                .check(ENGINE);
    }

    @Test
    void the_engine_never_ends_the_program() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(assignableTo(System.class).or(assignableTo(Runtime.class))))
                        .and(target(nameMatching("exit|halt|addShutdownHook"))))
                .check(ENGINE);
    }

    @Test
    void the_engine_has_no_state_outside_of_objects() {
        fields().that(modifier(STATIC))
                .and()
                .doNotHaveModifier(SYNTHETIC)
                .should()
                .haveModifier(FINAL)
                .check(ENGINE);
    }

    @Test
    void the_packages_of_the_engine_have_no_cycles() {
        // What a blob is, and how one is got and put, are words that every package speaks.
        DescribedPredicate<JavaClass> words = describe(
                "the words for blobs",
                type -> type.getBaseComponentType().isEquivalentTo(BlobType.class)
                        || type.isEquivalentTo(BlobSource.class)
                        || type.isEquivalentTo(BlobSink.class));
        noClasses()
                .that(words)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.plakar.kloset.*..").and(not(words)))
                .check(ENGINE);
        slices().matching("io.plakar.kloset.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(alwaysTrue(), words)
                .check(ENGINE);
    }
}
