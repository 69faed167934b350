#include "hub/people_desk.h"

#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/tally.h"

namespace tinychat::hub {

PeopleDesk::PeopleDesk(std::unique_ptr<journal::People> people)
    : people_(std::move(people)), questions_(limits::kPeopleQueueMax), thread_([this] { run(); }) {}

PeopleDesk::~PeopleDesk() {
  questions_.close();
  thread_.join();
}

bool PeopleDesk::ask(ShardPort::PeopleQuestion&& question, ShardInbox& reply_to) {
  if (questions_.try_push({std::move(question), &reply_to})) return true;
  limit_hit(Limit::kPeopleQueue);
  return false;
}

void PeopleDesk::run() {
  using namespace std::chrono_literals;
  std::vector<Asked> asked;
  while (questions_.wait_and_drain(asked, std::chrono::steady_clock::now() + 1h)) {
    for (auto& one : asked) one.reply_to->push_answer(one.question(*people_));
  }
}

}  // namespace tinychat::hub
