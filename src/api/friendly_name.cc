#include "api/friendly_name.h"

#include <array>
#include <random>
#include <span>
#include <string_view>

namespace tinychat::api {
namespace {

using namespace std::string_view_literals;

constexpr std::array kManners = {
    "brave"sv,  "bright"sv, "calm"sv,   "clever"sv, "curious"sv, "eager"sv,   "early"sv,  "fair"sv,
    "gentle"sv, "glad"sv,   "golden"sv, "happy"sv,  "honest"sv,  "jolly"sv,   "keen"sv,   "kind"sv,
    "lively"sv, "lucky"sv,  "merry"sv,  "mellow"sv, "nimble"sv,  "patient"sv, "polite"sv, "quick"sv,
    "quiet"sv,  "ready"sv,  "silver"sv, "steady"sv, "sunny"sv,   "swift"sv,   "warm"sv,   "wise"sv,
};
constexpr std::array kAnimals = {
    "badger"sv, "beaver"sv, "bison"sv,  "crane"sv,  "deer"sv,     "dolphin"sv, "falcon"sv, "ferret"sv,
    "finch"sv,  "fox"sv,    "gecko"sv,  "hare"sv,   "hedgehog"sv, "heron"sv,   "ibex"sv,   "jay"sv,
    "koala"sv,  "lark"sv,   "lynx"sv,   "magpie"sv, "marten"sv,   "mole"sv,    "newt"sv,   "otter"sv,
    "owl"sv,    "panda"sv,  "puffin"sv, "robin"sv,  "seal"sv,     "sparrow"sv, "swan"sv,   "wren"sv,
};

std::string_view pick(std::span<const std::string_view> words) {
  thread_local std::minstd_rand random(std::random_device{}());
  return words[std::uniform_int_distribution<std::size_t>(0, words.size() - 1)(random)];
}

}  // namespace

std::string friendly_name() { return std::string(pick(kManners)).append("-").append(pick(kAnimals)); }

}  // namespace tinychat::api
