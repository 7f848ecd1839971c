// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "xenstore/wire/frame_reader.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::hyper::sim {

/// A guest's XenStore requests and what comes back, as bytes; no I/O. Paths are relative to
/// `home`.
class StoreSession {
public:
    /// The payload of the reply, or an Error with the errno that XenStore gave.
    using OnReply = std::function<void(const Result<std::string>& reply)>;
    /// The path that changed, relative again.
    using OnEvent = std::function<void(std::string_view path)>;

    explicit StoreSession(std::string home) : home_{std::move(home) + '/'} {}

    void read(std::string_view path, OnReply on_reply);
    void list(std::string_view path,
              std::function<void(const std::vector<std::string>& names)> on_names);
    void write(std::string_view path, std::string_view value, OnReply on_reply = {});
    /// `on_event` is called once at first, as XenStore does, and then whenever something at or
    /// below the path changes.
    void watch(std::string_view path, OnEvent on_event);
    /// No more of what watches the path.
    void unwatch(std::string_view path);
    /// Any other request, with its payload as it is.
    void request(xs::MessageType type, std::string_view payload, OnReply on_reply = {});

    /// Bytes for XenStore; taken off as they are sent.
    std::string& output() { return output_; }
    /// An Error: what came is no XenStore protocol.
    Result<> feed(std::string_view bytes);
    /// Or: what is to be read goes here, and then take_messages().
    xs::FrameReader& reader() { return reader_; }
    Result<> take_messages();
    /// A new connection: what was asked fails with ECONNRESET, and all watches are made anew.
    void reconnected();

private:
    void send(xs::MessageType type, std::string_view payload, OnReply on_reply);
    void take(const xs::Message& message);
    std::string absolute(std::string_view path) const;
    void send_watch(std::size_t index);

    struct Watch {
        std::string path;
        OnEvent on_event;
    };

    std::string home_;
    std::string output_;
    xs::FrameReader reader_;
    std::uint32_t last_id_ = 0;
    std::map<std::uint32_t, OnReply> waiting_;
    /// A watch's token is its place here.
    std::vector<Watch> watches_;
};

}  // namespace zeroth::hyper::sim
