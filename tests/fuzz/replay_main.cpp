// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& where) {
    if (!fs::is_directory(where)) return {where};
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{where}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

/// The input whole, and cut short at a few places: most decoders fail at the end of their input.
void replay(const std::string& text) {
    std::vector<std::size_t> sizes{text.size(), text.size() / 2, 0};
    if (!text.empty()) sizes.push_back(text.size() - 1);
    for (std::size_t size : sizes) {
        // A buffer of exactly that size, so that a sanitizer sees a read past its end.
        const std::vector<std::uint8_t> bytes(text.begin(),
                                              text.begin() + static_cast<std::ptrdiff_t>(size));
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
}

}  // namespace

/// Replays files, and all files in folders, that the arguments name. Prints each name first, so
/// that the last line before a crash says which input it was.
int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const fs::path& file : files_in(argv[i])) {
            std::ifstream stream{file, std::ios::binary};
            if (!stream) {
                std::fprintf(stderr, "cannot read %s\n", file.c_str());
                return 1;
            }
            std::printf("%s\n", file.c_str());
            std::fflush(stdout);
            replay({std::istreambuf_iterator<char>{stream}, {}});
            ++count;
        }
    }
    if (count == 0) {
        std::fprintf(stderr, "no inputs: name files, or folders that hold some\n");
        return 1;
    }
    std::printf("%zu inputs\n", count);
    return 0;
}
