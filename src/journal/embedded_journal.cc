#include "journal/embedded_journal.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace tinychat::journal {
namespace {

// Takes the publications of one call and says afterwards what became of each.
class Round {
 public:
  Round(EmbeddedJournal& journal, std::size_t publications) : journal_(journal) {
    answers_.reserve(publications);
    events_.reserve(publications);
  }

  void take(Publication& publication, EventIdSource& ids, std::uint64_t now);
  [[nodiscard]] std::span<const room::Event> events() const { return events_; }
  std::vector<Result<Published>> outcomes(const Result<void>& appended);

 private:
  // An event found in the journal or an error (`known`), or what becomes of one of `events_`.
  struct Answer {
    std::size_t index = 0;
    bool is_repeat = false;
    bool is_conflict = false;  // with the event of its key
    std::optional<Result<room::Event>> known;
  };

  bool take_repeat(const Publication& publication);
  void refuse(const Publication& publication, Error error);

  EmbeddedJournal& journal_;
  std::vector<room::Event> events_;
  std::vector<std::size_t> first_of_;                  // by event: the outcome that got it
  std::unordered_map<std::string, std::size_t> keys_;  // of `events_`
  std::vector<Answer> answers_;
};

void Round::take(Publication& publication, EventIdSource& ids, std::uint64_t now) {
  if (!publication.idempotency_key.empty() && take_repeat(publication)) return;
  if (const auto takes_room = journal_.takes_room(publication.room); !takes_room || !*takes_room) {
    return refuse(publication, takes_room ? too_many_rooms() : takes_room.error());
  }
  answers_.push_back({.index = events_.size(), .is_repeat = false, .is_conflict = false, .known = {}});
  events_.push_back({.id = ids.next(now),
                     .kind = publication.kind,
                     .room = std::move(publication.room),
                     .sender = std::move(publication.sender),
                     .text = std::move(publication.text),
                     .idempotency_key = std::move(publication.idempotency_key),
                     .author = std::move(publication.author)});
}

// False: its key is new, and noted.
bool Round::take_repeat(const Publication& publication) {
  const auto [entry, is_new] =
      keys_.try_emplace(publication.room + '\0' + publication.idempotency_key, events_.size());
  Answer answer{.index = entry->second, .is_repeat = true, .is_conflict = false, .known = {}};
  if (!is_new) {
    answer.is_conflict = !is_same_message(events_[entry->second], publication);
    answers_.push_back(std::move(answer));
    return true;
  }
  auto found = journal_.find_by_key(publication.room, publication.idempotency_key);
  if (found && !*found) return false;
  keys_.erase(entry);
  if (!found) {
    answer.known = std::unexpected(std::move(found.error()));
  } else if (is_same_message(**found, publication)) {
    answer.known = std::move(**found);
  } else {
    answer.known = std::unexpected(key_was_used());
  }
  answers_.push_back(std::move(answer));
  return true;
}

void Round::refuse(const Publication& publication, Error error) {
  // The next of its key is not a repeat of it.
  if (!publication.idempotency_key.empty())
    keys_.erase(publication.room + '\0' + publication.idempotency_key);
  answers_.push_back(
      {.index = 0, .is_repeat = false, .is_conflict = false, .known = std::unexpected(std::move(error))});
}

std::vector<Result<Published>> Round::outcomes(const Result<void>& appended) {
  std::vector<Result<Published>> outcomes;
  outcomes.reserve(answers_.size());
  // Only repeats ask for it.
  first_of_.resize(keys_.empty() ? 0 : events_.size());
  for (auto& answer : answers_) {
    if (answer.known && *answer.known) {
      outcomes.emplace_back(Published{std::move(**answer.known), true});
    } else if (answer.known) {
      outcomes.emplace_back(std::unexpected(std::move(answer.known->error())));
    } else if (!appended) {
      outcomes.emplace_back(std::unexpected(appended.error()));
    } else if (answer.is_conflict) {
      outcomes.emplace_back(std::unexpected(key_was_used()));
    } else if (answer.is_repeat) {
      // The event went to the first of its key.
      outcomes.emplace_back(Published{outcomes[first_of_[answer.index]]->event, true});
    } else {
      if (!first_of_.empty()) first_of_[answer.index] = outcomes.size();
      outcomes.emplace_back(Published{std::move(events_[answer.index]), false});
    }
  }
  return outcomes;
}

}  // namespace

bool is_same_message(const room::Event& event, const Publication& publication) {
  if (event.author != publication.author || event.text != publication.text ||
      event.kind != publication.kind) {
    return false;
  }
  return !event.author.empty() || event.sender == publication.sender;
}

Error key_was_used() {
  return {Code::kUnprocessable,
          "This Idempotency-Key was used for another message in this room; use a new key for a new message."};
}

Error too_many_rooms() {
  return {Code::kUnprocessable,
          "There is no such room, and the server makes no more of them; write to one that is there, or raise "
          "--max-rooms."};
}

std::vector<Result<Published>> EmbeddedJournal::publish(std::span<Publication> publications,
                                                        std::uint64_t now_utc_milliseconds) {
  EventIdSource ids(std::max(head(), last_given_));
  Round round(*this, publications.size());
  for (auto& publication : publications) round.take(publication, ids, now_utc_milliseconds);
  Result<void> appended;
  if (!round.events().empty()) {
    last_given_ = round.events().back().id;
    appended = append(round.events());
  }
  return round.outcomes(appended);
}

}  // namespace tinychat::journal
