#include "journal/memory_passes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

class MemoryPasses final : public Passes {
 public:
  Result<void> add_token(const AccessToken& token, std::string_view hash) override {
    if (tokens_.size() >= limits::kTokensMax) return std::unexpected(too_many_tokens());
    if (tokens_.contains(token.name)) return std::unexpected(token_name_taken(token.name));
    tokens_.emplace(token.name, Kept{token, std::string(hash)});
    return {};
  }

  Result<std::optional<AccessToken>> find_token(std::string_view hash, std::uint64_t now) override {
    const auto found = std::ranges::find(tokens_, hash, [](const auto& one) { return one.second.hash; });
    if (found == tokens_.end()) return std::nullopt;
    auto& token = found->second.token;
    if (token.expires_milliseconds != 0 && token.expires_milliseconds <= now) return std::nullopt;
    if (now > token.used_milliseconds + limits::kSessionSeenLag.count()) token.used_milliseconds = now;
    return token;
  }

  Result<std::vector<AccessToken>> tokens() override {
    std::vector<AccessToken> all;
    all.reserve(tokens_.size());
    for (const auto& [name, kept] : tokens_) all.push_back(kept.token);
    return all;
  }

  Result<bool> revoke_token(std::string_view name) override {
    const auto found = tokens_.find(name);
    if (found == tokens_.end()) return false;
    revoked_.push_back(room::holder_of(room::TokenHolder{found->second.token.id, {}}));
    tokens_.erase(found);
    return true;
  }

  Result<void> put_link(const Link& link, std::string_view hash) override {
    links_[link.role] = {link, std::string(hash)};
    return {};
  }

  Result<std::optional<Link>> find_link(room::Role role) override {
    const auto found = links_.find(role);
    if (found == links_.end()) return std::nullopt;
    return found->second.link;
  }

  Result<std::optional<room::Role>> use_link(std::string_view hash, std::uint64_t now) override {
    const auto found = std::ranges::find(links_, hash, [](const auto& one) { return one.second.hash; });
    if (found == links_.end()) return std::nullopt;
    auto& link = found->second.link;
    if (!link.is_good(now)) return std::nullopt;
    if (link.uses_left > 0) --link.uses_left;
    return link.role;
  }

  Result<void> revoke(std::string_view holder) override {
    revoked_.emplace_back(holder);
    return {};
  }

  Result<Revocations> revoked_after(const std::string& place) override {
    Revocations revocations{.holders = {}, .place = std::to_string(revoked_.size())};
    if (place.empty()) return revocations;
    for (std::size_t i = std::stoul(place); i < revoked_.size(); ++i) {
      revocations.holders.push_back(revoked_[i]);
    }
    return revocations;
  }

 private:
  struct Kept {
    AccessToken token;
    std::string hash;
  };
  struct KeptLink {
    Link link;
    std::string hash;
  };
  std::map<std::string, Kept, std::less<>> tokens_;  // by name
  std::map<room::Role, KeptLink> links_;
  std::vector<std::string> revoked_;
};

}  // namespace

std::unique_ptr<Passes> make_memory_passes() { return std::make_unique<MemoryPasses>(); }

}  // namespace tinychat::journal
