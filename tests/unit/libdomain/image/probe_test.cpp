// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "libdomain/image/kernel.hpp"
#include "tests/unit/libdomain/image/image_files.hpp"

namespace zeroth::image {
namespace {

using namespace zeroth::testing;

/// Appends what it takes, and checks that nothing is left out or repeated.
Take appender(Blob& out) {
    return [&out](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<> {
        EXPECT_EQ(offset, out.size());
        out.insert(out.end(), bytes.begin(), bytes.end());
        return {};
    };
}

class ImageFile : public ::testing::Test {
protected:
    std::string probe_error(const std::string& path) {
        const auto facts = probe(path);
        return facts ? "no error" : facts.error().text();
    }
    /// Probes, loads everything and returns it, or the error's text.
    std::string load_all(const std::string& path, Blob& out) {
        const auto facts = probe(path);
        if (!facts) return facts.error().text();
        out.clear();
        Blob buffer(64 << 10);
        const auto loaded = load(*facts, buffer, appender(out));
        return loaded ? "" : loaded.error().text();
    }
    TemporaryFolder folder;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}
#define EXPECT_SAYS(text, part) EXPECT_TRUE(contains(text, part)) << (text)

Blob image(std::size_t size = 300'000) { return arm64_image(size, {.image_size = size + 4096}); }

TEST_F(ImageFile, EveryWrapperGivesTheSameBytes) {
    const auto plain = image();
    const auto inside = gzip(plain);
    const Blob packed[] = {plain, inside, uimage(plain, {}), uimage(inside, {.compression = 1}),
                           uimage(inside, {.compression = 0})};
    for (const auto& blob : packed) {
        Blob loaded;
        EXPECT_EQ(load_all(folder.file("kernel", blob), loaded), "");
        EXPECT_EQ(loaded, plain);
    }
}

TEST_F(ImageFile, FactsOfAWrappedImage) {
    const auto plain = image();
    const auto packed = gzip(plain);
    const auto facts = probe(folder.file("kernel", uimage(packed, {.compression = 1})));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_TRUE(facts->gzip);
    EXPECT_TRUE(facts->uimage);
    EXPECT_EQ(facts->file_offset, 64U);
    EXPECT_EQ(facts->file_size, packed.size());
    EXPECT_EQ(facts->image_size, plain.size());
    EXPECT_EQ(facts->segments.at(0).memory_size, plain.size() + 4096);
}

TEST_F(ImageFile, LoadPassesEveryByteOnInPiecesThatFillTheBuffer) {
    const auto plain = image();
    for (const auto& blob : {plain, gzip(plain), uimage(plain, {})}) {
        const auto facts = probe(folder.file("kernel", blob));
        ASSERT_TRUE(facts);
        for (const std::size_t size : {1'000UL, 65'536UL, plain.size(), 2 * plain.size()}) {
            Blob buffer(size), loaded;
            std::size_t pieces = 0;
            const auto append = appender(loaded);
            ASSERT_TRUE(load(*facts, buffer, [&](auto offset, auto bytes) {
                ++pieces;
                return append(offset, bytes);
            }));
            EXPECT_EQ(loaded, plain);
            EXPECT_EQ(pieces, (plain.size() + size - 1) / size);
        }
    }
}

TEST_F(ImageFile, LoadEndsWithTheTakersError) {
    const auto plain = image();
    for (const auto& blob : {plain, gzip(plain)}) {
        const auto facts = probe(folder.file("kernel", blob));
        ASSERT_TRUE(facts);
        Blob buffer(1000);
        const auto loaded = load(*facts, buffer, [](auto offset, auto) -> Result<> {
            if (offset < 5000) return {};
            return fail("no more room");
        });
        ASSERT_FALSE(loaded);
        EXPECT_SAYS(loaded.error().text(), "no more room");
    }
}

TEST_F(ImageFile, PaddingBehindGzipIsIgnored) {
    const auto plain = image();
    auto packed = gzip(plain);
    packed.resize(packed.size() + 100);
    Blob loaded;
    EXPECT_EQ(load_all(folder.file("kernel", packed), loaded), "");
    EXPECT_EQ(loaded, plain);
}

TEST_F(ImageFile, TinyGzipIsTaken) {
    const auto plain = image(64);
    Blob loaded;
    EXPECT_EQ(load_all(folder.file("kernel", gzip(plain)), loaded), "");
    EXPECT_EQ(loaded, plain);
}

TEST_F(ImageFile, TrailerOfGzipThatLiesIsFoundOut) {
    auto packed = gzip(image());
    const auto size_at = packed.size() - 4;
    Blob loaded;
    put<std::uint32_t>(packed, size_at, 200'000);
    EXPECT_SAYS(load_all(folder.file("kernel", packed), loaded), "holds more than the size at its");
    put<std::uint32_t>(packed, size_at, 400'000);
    EXPECT_NE(load_all(folder.file("kernel", packed), loaded), "");
    put<std::uint32_t>(packed, size_at, 0xFFFFFFFF);
    EXPECT_NE(load_all(folder.file("kernel", packed), loaded), "");
}

TEST_F(ImageFile, EveryTruncationOfGzipIsAnError) {
    const auto packed = gzip(image(100'000));
    for (std::size_t size = 1; size < packed.size(); size += 997) {
        const Blob part{packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)};
        Blob loaded;
        EXPECT_NE(load_all(folder.file("kernel", part), loaded), "") << size;
    }
}

TEST_F(ImageFile, DamageInGzipAndUimageIsFoundByTheirChecksums) {
    Blob loaded;
    auto packed = gzip(image());
    packed[packed.size() / 2] ^= std::byte{0x10};
    EXPECT_SAYS(load_all(folder.file("kernel", packed), loaded), "gzip file is damaged");
    auto wrapped = uimage(image(), {});
    wrapped[wrapped.size() - 1] ^= std::byte{1};
    EXPECT_SAYS(load_all(folder.file("kernel", wrapped), loaded), "content's CRC is wrong");
    wrapped[40] ^= std::byte{1};
    EXPECT_SAYS(load_all(folder.file("kernel", wrapped), loaded), "header is damaged: its CRC");
}

TEST_F(ImageFile, UimagesThatDoNotFitAreNamed) {
    const auto error = [&](const Blob& blob) { return probe_error(folder.file("kernel", blob)); };
    EXPECT_SAYS(error(uimage(image(), {.architecture = 24})), "a uImage for x86");
    EXPECT_SAYS(error(uimage(image(), {.architecture = 99})), "a uImage for architecture 99");
    EXPECT_SAYS(error(uimage(image(), {.architecture = 2})), "another architecture");
    EXPECT_SAYS(error(uimage(image(), {.type = 3})), "a uImage of type 3");
    EXPECT_SAYS(error(uimage(image(), {.compression = 4})), "compressed by method 4");
    EXPECT_SAYS(error(uimage(image(), {.compression = 1})),
                "says that it holds gzip, and does not");
    EXPECT_SAYS(error(uimage({}, {})), "the uImage is empty");
    auto cut = uimage(image(), {});
    cut.resize(cut.size() - 1);
    EXPECT_SAYS(error(cut), "the uImage is truncated");
    cut.resize(60);
    EXPECT_SAYS(error(cut), "the uImage is truncated");
}

TEST_F(ImageFile, ContentOfGzipIsNamed) {
    const auto error = probe_error(folder.file("kernel", gzip(blob_of("hello\n"))));
    EXPECT_SAYS(error, "inside the gzip file: this is a text file");
    EXPECT_SAYS(probe_error(folder.file("kernel", gzip(gzip(image())))), "this is a gzip file");
}

TEST_F(ImageFile, ErrorsNameThePath) {
    const auto path = folder.path("nosuchkernel");
    EXPECT_EQ(probe_error(path), "kernel " + path + ": cannot open it: No such file or directory");
    const auto empty = folder.file("empty", {});
    EXPECT_EQ(probe_error(empty), "kernel " + empty + ": this is an empty file");
    EXPECT_SAYS(probe_error(folder.path("")), "this is a directory");
    EXPECT_SAYS(probe_ramdisk(folder.path("")).error().text(), "this is a directory");
    EXPECT_SAYS(probe_ramdisk(empty).error().text(),
                "ramdisk " + empty + ": this is an empty file");
}

TEST_F(ImageFile, NeitherFifoNorDeviceIsWaitedFor) {
    const auto fifo = folder.path("fifo");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_SAYS(probe_error(fifo), "this is a FIFO, where a regular file is needed");
    EXPECT_SAYS(probe_error("/dev/null"), "this is a character device");
}

TEST_F(ImageFile, LargerThanAnyKernelIsNotRead) {
    const auto path = folder.file("disk", blob_of("x"));
    std::filesystem::resize_file(path, 3ULL << 30);
    EXPECT_SAYS(probe_error(path), "more than any kernel has");
}

TEST_F(ImageFile, ChangeBetweenProbeAndLoadIsNoticed) {
    const auto plain = image();
    const auto path = folder.file("kernel", plain);
    const auto facts = probe(path);
    ASSERT_TRUE(facts);
    Blob out, buffer(4096);
    std::filesystem::resize_file(path, plain.size() - 1);
    auto loaded = load(*facts, buffer, appender(out));
    ASSERT_FALSE(loaded);
    EXPECT_SAYS(loaded.error().text(), "the file changed while the domain was being built");
    std::filesystem::remove(path);
    loaded = load(*facts, buffer, appender(out));
    ASSERT_FALSE(loaded);
    EXPECT_SAYS(loaded.error().text(), "No such file or directory");
}

TEST_F(ImageFile, RamdiskIsLoadedByteForByte) {
    const auto content = blob_of("any bytes at all");
    const auto facts = probe_ramdisk(folder.file("ramdisk", content));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->size, content.size());
    Blob out, buffer(5);
    ASSERT_TRUE(load(*facts, buffer, appender(out)));
    EXPECT_EQ(out, content);
    folder.file("ramdisk", blob_of("some other bytes"));
    std::filesystem::last_write_time(
        folder.path("ramdisk"),
        std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
    EXPECT_SAYS(load(*facts, buffer, appender(out)).error().text(), "the file changed");
}

}  // namespace
}  // namespace zeroth::image
