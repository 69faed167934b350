// Many sends with few system calls: io_uring where the kernel allows it (Linux 6.1 or newer, and no filter
// that forbids it), which saves a tenth of what a send() costs and more; else one send() each. What a socket
// makes of it is the same.
//
// Thread: the one that calls open().
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "net/socket.h"

namespace tinychat::net {

struct Send {
  int fd = -1;
  std::string_view bytes;
  IoResult result;  // as of write_some()
};

class BatchSender {
 public:
  BatchSender();
  BatchSender(const BatchSender&) = delete;
  BatchSender& operator=(const BatchSender&) = delete;
  ~BatchSender();

  // Asks the kernel for a ring. Without it, or if there is none, sends go one by one.
  void open();

  // Sends what each socket takes now, and says how much that was. No descriptor may be there twice: its bytes
  // could change places.
  void send(std::span<Send> sends);

 private:
  class Ring;

  std::unique_ptr<Ring> ring_;  // nullptr: one by one
};

}  // namespace tinychat::net
