// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/channel_socket.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace zeroth::daemon::console {

using boost::system::error_code;

Result<std::shared_ptr<ChannelSocket>> ChannelSocket::listen(boost::asio::io_context& io, Hub& hub,
                                                             const Key& key,
                                                             const std::string& path) {
    error_code error;
    Protocol::socket probe{io};
    if (path.size() >= 108) return fail(ENAMETOOLONG, path);
    probe.connect(Protocol::endpoint{path}, error);
    if (!error) return fail(Error::message(EADDRINUSE, path + " is another program's"));
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode)) return fail(Error::message(EEXIST, path + " is no socket"));
        ::unlink(path.c_str());
    }
    std::shared_ptr<ChannelSocket> made{new ChannelSocket{io, hub, key, path}};
    auto& acceptor = made->acceptor_;
    acceptor.open(Protocol{}, error);
    if (!error) acceptor.bind(Protocol::endpoint{path}, error);
    if (!error) ::chmod(path.c_str(), 0600);
    if (!error) acceptor.listen(Protocol::acceptor::max_listen_connections, error);
    if (error) return fail(Error{error.value(), "listen on " + path});
    made->accept();
    return made;
}

ChannelSocket::~ChannelSocket() { close(); }

void ChannelSocket::close() {
    if (!acceptor_.is_open()) return;
    error_code ignored;
    acceptor_.close(ignored);
    ::unlink(path_.c_str());
}

void ChannelSocket::accept() {
    acceptor_.async_accept([weak = weak_from_this()](error_code error, Protocol::socket socket) {
        const auto self = weak.lock();
        if (!self || error) return;
        const auto console = self->hub_.find(self->key_);
        // A second one is let go at once: two programs' bytes in one stream are of use to neither.
        if (console && console->numbers().viewers == 0) {
            Console::Wish wish;
            wish.form = Cursor::Form::kBare;
            wish.may = Viewer::May::kType;
            wish.replay = 0;
            console->add_viewer(Viewer::Socket{std::move(socket)}, wish, {});
        }
        self->accept();
    });
}

}  // namespace zeroth::daemon::console
