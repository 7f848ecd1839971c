// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/console/cursor.hpp"
#include "daemon/console/typist.hpp"
#include "libdomain/console/frames.hpp"

namespace zeroth::daemon::console {

/// One at the other end of a socket who watches a console, and may type. It keeps itself alive
/// until its socket closes, or until it has been sent the last byte of a console that has ended.
class Viewer final : public Typist, public std::enable_shared_from_this<Viewer> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;
    enum class May { kWatch, kType };

    /// What it asks of the console that it watches.
    class Console {
    public:
        virtual ~Console() = default;
        /// Takes what is typed, and tells how much of it.
        virtual std::size_t type(Typist& typist, std::string_view bytes) = 0;
        virtual void take_pen(Typist& typist) = 0;
        virtual void leave(Typist& typist) = 0;
    };

    Viewer(Socket socket, Cursor cursor, Cursor::Form form, May may);

    /// `first` are bytes that came with the request.
    void start(std::weak_ptr<Console> console, std::string first);
    /// There is something new in the log.
    void pump();
    /// The console has ended.
    void finish();
    bool gone() const { return !socket_.is_open(); }
    /// Bytes that it was not shown, as it fell too far behind.
    std::uint64_t missed() const { return cursor_.dropped(); }

    std::string name() const override { return name_; }
    void notice(std::string_view text) override;
    void input_room() override { give_input(); }

private:
    void wait_for_input();
    void take_input();
    void give_input();
    void handle(std::string_view bytes);
    void refuse_typing();
    void close();

    Socket socket_;
    Cursor cursor_;
    Cursor::Form form_;
    May may_;
    std::string name_;
    std::weak_ptr<Console> console_;
    zeroth::console::FrameReader frames_;
    std::string typed_;
    bool reading_ = false, writing_ = false, finishing_ = false, told_ = false;
};

}  // namespace zeroth::daemon::console
