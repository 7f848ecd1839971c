// SPDX-License-Identifier: Apache-2.0
#include "libdomain/image/payload.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

namespace zeroth::image {
namespace {

constexpr std::size_t kChunk = 256 << 10;

const Bytef* as_input(const std::byte* bytes) { return reinterpret_cast<const Bytef*>(bytes); }

/// The payload as it lies in the file, with the checksum a uImage header states.
class Stored {
public:
    Stored(const RegularFile& file, const Packing& packing)
        : file_{&file},
          position_{packing.offset},
          left_{packing.size},
          expected_crc_{packing.payload_crc} {}

    std::uint64_t left() const { return left_; }
    bool checked() const { return expected_crc_.has_value(); }
    Result<std::size_t> read_some(std::span<std::byte> out) {
        out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_)));
        ZEROTH_CHECK(file_->read_at(position_, out));
        if (expected_crc_) crc_ = ::crc32_z(crc_, as_input(out.data()), out.size());
        position_ += out.size();
        left_ -= out.size();
        return out.size();
    }
    Result<> check_crc() const {
        if (!expected_crc_ || left_ != 0 || crc_ == *expected_crc_) return {};
        return fail(Error::message(EINVAL, "the uImage is damaged: its content's CRC is wrong"));
    }

private:
    const RegularFile* file_;
    std::uint64_t position_, left_;
    std::optional<std::uint32_t> expected_crc_;
    uLong crc_ = 0;
};

class PlainPayload final : public Payload {
public:
    PlainPayload(const RegularFile& file, const Packing& packing) : stored_{file, packing} {}

    Result<std::size_t> read_some(std::span<std::byte> out) override {
        return stored_.read_some(out);
    }
    Result<> finish() override {
        if (stored_.left() != 0) return fail("the image is longer than it was");
        return stored_.check_crc();
    }

private:
    Stored stored_;
};

class GzipPayload final : public Payload {
public:
    GzipPayload(const RegularFile& file, const Packing& packing)
        : stored_{file, packing}, chunk_(kChunk) {}
    GzipPayload(const GzipPayload&) = delete;
    GzipPayload& operator=(const GzipPayload&) = delete;
    ~GzipPayload() override {
        if (started_) ::inflateEnd(&stream_);
    }

    Result<> start() {
        constexpr int kGzipHeader = 16;
        if (::inflateInit2(&stream_, MAX_WBITS + kGzipHeader) != Z_OK)
            return fail(ENOMEM, "cannot start zlib");
        started_ = true;
        return {};
    }

    Result<std::size_t> read_some(std::span<std::byte> out) override {
        std::size_t done = 0;
        while (done < out.size() && !ended_) {
            ZEROTH_TRY(const auto count, inflate_into(out.subspan(done)));
            done += count;
        }
        return done;
    }

    Result<> finish() override {
        std::array<std::byte, 1> more{};
        ZEROTH_TRY(const auto count, read_some(more));
        if (count != 0)
            return fail(
                Error::message(EINVAL, "the gzip file holds more than the size at its end says"));
        // What may follow the gzip member is padding to us; a uImage's checksum covers it.
        while (stored_.checked() && stored_.left() != 0)
            if (auto rest = stored_.read_some(chunk_); !rest) return fail(std::move(rest).error());
        return stored_.check_crc();
    }

private:
    Result<std::size_t> inflate_into(std::span<std::byte> out) {
        if (stream_.avail_in == 0 && stored_.left() != 0) {
            ZEROTH_TRY(const auto count, stored_.read_some(chunk_));
            // zlib's pointer is not const in older versions, and it does not write.
            stream_.next_in = const_cast<Bytef*>(as_input(chunk_.data()));
            stream_.avail_in = static_cast<uInt>(count);
        }
        const auto room = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = room;
        const int result = ::inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            ended_ = true;
        } else if (result == Z_BUF_ERROR) {
            return fail(Error::message(EINVAL, "the gzip file is truncated: its data ends early"));
        } else if (result != Z_OK) {
            return fail(
                Error::message(EINVAL, fmt::format("the gzip file is damaged: {}",
                                                   stream_.msg ? stream_.msg : "bad data")));
        }
        return room - stream_.avail_out;
    }

    Stored stored_;
    std::vector<std::byte> chunk_;
    z_stream stream_{};
    bool started_ = false, ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Payload>> Payload::open(const RegularFile& file, const Packing& packing) {
    if (!packing.gzip) return std::make_unique<PlainPayload>(file, packing);
    auto payload = std::make_unique<GzipPayload>(file, packing);
    ZEROTH_CHECK(payload->start());
    return payload;
}

Result<> Payload::read(std::span<std::byte> out) {
    ZEROTH_TRY(const auto count, read_some(out));
    if (count == out.size()) return {};
    return fail(Error::message(EINVAL, "the image ends earlier than its size says"));
}

Result<std::uint64_t> Payload::count_rest(std::uint64_t limit) {
    std::vector<std::byte> scratch(kChunk);
    std::uint64_t total = 0;
    while (true) {
        ZEROTH_TRY(const auto count, read_some(scratch));
        total += count;
        if (count < scratch.size()) return total;
        if (total > limit)
            return fail(Error::message(
                EFBIG, fmt::format("it unpacks to more than {} bytes, and no kernel does", limit)));
    }
}

}  // namespace zeroth::image
