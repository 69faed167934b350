// The thread that has the people: it puts the shards' questions about them to where they are stored.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/mailbox.h"
#include "hub/messages.h"
#include "hub/shard_port.h"
#include "journal/people.h"

namespace tinychat::hub {

class PeopleDesk {
 public:
  explicit PeopleDesk(std::unique_ptr<journal::People> people);
  PeopleDesk(const PeopleDesk&) = delete;
  PeopleDesk& operator=(const PeopleDesk&) = delete;
  // Ends the thread once every question that was taken is answered.
  ~PeopleDesk();

  // The answer goes to `reply_to`, which must outlive this object. False: too many are waiting.
  // Any thread; the questions of one shard are asked in their order.
  [[nodiscard]] bool ask(ShardPort::PeopleQuestion&& question, ShardInbox& reply_to);

  // Questions that wait. Any thread.
  [[nodiscard]] std::size_t waiting() { return questions_.size(); }

 private:
  struct Asked {
    ShardPort::PeopleQuestion question;
    ShardInbox* reply_to = nullptr;
  };

  void run();

  const std::unique_ptr<journal::People> people_;
  Mailbox<Asked> questions_;
  std::thread thread_;
};

}  // namespace tinychat::hub
