#include "hub/socket_transport.h"

#include <array>

namespace tinychat::hub {

net::IoResult SocketTransport::discard_input(int fd) {
  std::array<char, 4096> nowhere{};
  return net::read_some(fd, nowhere.data(), nowhere.size());
}

}  // namespace tinychat::hub
