"""Moves a direction between the rungs: down at once to what fits, up by trials.

The rung here is what the link is believed to carry. What flows may be lower, for the other side's sake or a human's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from adaptation.capacity import CUT, FAST_GROWTH_PER_S, GROWTH_PER_S, TRIAL_GROWTH_PER_S, Capacity
from adaptation.conditions import (
    CLEAR_LONG_RTT_S,
    CLEAR_LOSS,
    FRESH_S,
    LONG_RTT_S,
    Trial,
    is_clear,
    is_hopeless,
    line_carries,
    with_repairs,
)
from adaptation.congestion import Congestion, Stress
from adaptation.decision import Reason
from adaptation.estimate import Estimate
from adaptation.hardship import Hardship
from adaptation.jam import UNHEARD_STEP_S, Jam
from adaptation.patience import Patience
from adaptation.probe import Outcome, PaddingProbe, RampTrial, ShadowTrial, StretchTrial, VoiceTrial
from adaptation.randomness import Randomness
from adaptation.refuge import refuge, undelivered
from adaptation.rungs import (
    A0,
    A1,
    A2,
    V0,
    V1,
    T,
    audio_bps,
    enter_bps,
    fitting,
    leave_bps,
    need_bps,
    room_bps,
    video_payload_bps,
)
from adaptation.sample import Demand
from adaptation.silence import Silence
from adaptation.windows import LowestOf

HEARD_S: Final = 0.25
PROVING_S: Final = 20.0
"""A fall so soon after a climb is the climb's failure."""
AMPLE_BPS: Final = 150_000.0
"""More than any start assumes: it was proven."""
AMPLE_S: Final = 60.0
DEAF_S: Final = 0.3
DEAF_LOSS_S: Final = 4.0
"""After a cut by loss: what the window of loss reaches back to."""
STRETCH: Final = 1.2
"""A stretched picture shows more than the next rung's need."""
SHORT: Final = 0.9
"""With less than this share of what it must not fall short of, not even the rung before the trial fits any more."""
LINE_LOW_S: Final = 12
LINE: Final = 1.15
"""So many times a rung's need must the line seem to carry for a trial to make sense. A2 needs more: on a thin uplink
feedback and reports take their part, and A1 sounds nearly as good."""
GO_BACK: Final = 0.75
AHEAD: Final = 1.2
AHEAD_NEAR: Final = 1.6
SHORT_RTT_S: Final = 0.15
"""A browser follows a growing limit late; a limit far ahead of what comes is a queue that cannot be called back."""
DRAIN_PICTURE: Final = 0.5
"""Of its due has a picture while the queue that a trial left drains."""
DRAIN_S: Final = 5.0
"""A failed trial's queue may need so long to drain beside what flows; until then it says nothing of that."""
DRAIN_VIDEO_S: Final = 1.0
"""A picture that does not fit must go, whatever a trial left."""
DRAINED_S: Final = 0.1
UNUSED_S: Final = 10.0

LEARN_S: Final = 12.0
"""A link that begins on A1 has a long way, and is mostly thin: what its line carries is waited for so long."""
TEXT_S: Final = 14.0
"""Where not even A0 got through, a trial of it costs messages: 60 to 12 kbit/s, one message 9 s late."""
BEARS_S: Final = 8.0
TRIAL_QUEUE_S: Final = 0.45
"""A trial that left such a queue makes room for it to drain."""
THIN_S: Final = 24.0
"""Where even rich sound fails, the next trial of a picture waits."""


class Ladder:
    def __init__(self, way: Literal["up", "down"], start: int, now: float) -> None:
        self.rung = start
        self.reason: Reason = "start"
        self.capacity = Capacity(need_bps(start))
        self.randomness = Randomness()
        self.trial: Trial | None = None
        self.copied = False
        """Whether the sound goes out twice; told from outside."""
        self.insists = False
        """Whether a queue is taken for another's; told from outside."""
        self.returned = False
        """Whether an outage ended in this tick."""
        self._down = way == "down"
        self._congestion = Congestion()
        self._silence = Silence(way)
        self._hardship = Hardship()
        self._jam = Jam()
        self._patience = Patience(now)
        self._trial_to = start
        self._back_to = start
        self._climbed_at: float | None = None
        self._deaf_until = 0.0
        self._drains_until = 0.0
        self._drains = False
        self._unused_s = 0.0
        self._picture_s = 0.0
        self._line_low = LowestOf(LINE_LOW_S)
        """What the line seemed to carry at least: on a long way a failed trial costs seconds of delay, for little."""
        self._stirred_at = self._ample_at = float("-inf")
        self._unheard_from: int | None = None
        """The voice that was left only because no news of it came."""
        self._fell_at = float("-inf")

    def step(self, seen: Estimate, demand: Demand, dt_s: float) -> None:
        if self.trial is not None:
            self._stirred_at = seen.now
        verdict = self._silence.step(seen, self.rung, dt_s)
        self.returned = verdict.rung is not None and verdict.reason == "returned"
        if verdict.rung is not None:
            self._move_for_silence(verdict.rung, verdict.reason, seen)
        if not verdict.judge:
            self.trial = None
            return
        if seen.line_bps is not None:
            self._line_low.add(seen.line_bps, seen.now)
        self._picture_s = self._picture_s + dt_s if max(self.rung, demand.carried) <= V0 else 0.0
        stress = self._congestion.judge(seen, self.randomness.usual_loss, dt_s, picture_s=self._picture_s)
        if (
            self._give_up(seen, demand, dt_s)
            or self._is_jammed(seen, demand, dt_s)
            or self._bears(stress, seen, demand)
            or self._yield_to(stress, seen, demand)
        ):
            return
        self._weigh_loss(seen, demand, dt_s)
        if not stress:
            self._grow(seen, demand, dt_s)
        self._resume(seen, demand, dt_s)
        self._patience.look(seen)
        self._settle(seen)
        if self.trial is not None:
            self._continue(self.trial, seen, demand)
        elif not stress:
            self._try_climb(seen, demand)

    def video_payload_bps(self, rung: int, voices: int) -> int:
        """What the picture may take on the rung that is in force; more than the rung's own while it is stretched."""
        if isinstance(self.trial, StretchTrial) and rung == self.rung:
            return int(max(0.0, room_bps(rung, self.capacity.bps, voices)))
        share = DRAIN_PICTURE if self._drains else 1.0
        return int(share * video_payload_bps(rung, self.capacity.bps, voices))

    def cut_within(self, seconds: float, now: float) -> bool:
        """Whether a queue made it fall so lately."""
        return self.reason == "congested" and now - self._fell_at <= seconds

    def settled_s(self, now: float) -> float:
        """Since the last fall or trial."""
        return now - self._stirred_at

    def carried_far_more(self, now: float) -> bool:
        """Whether the link carried a good picture until lately: a queue that stands beside a voice may be another's."""
        if self.insists:
            self._ample_at = now
        return now - self._ample_at < AMPLE_S

    # --- down -------------------------------------------------------------------------------------------------------

    def _move_for_silence(self, rung: int, reason: Reason, seen: Estimate) -> None:
        self.trial = None
        if reason == "returned":
            self._patience.returned(seen.now)
            self.capacity.lower(need_bps(max(rung, A2)))
        self._climbed_at = None
        self._enter(rung, reason)

    def _give_up(self, seen: Estimate, demand: Demand, dt_s: float) -> bool:
        """Text, or voice instead of a picture, when even what fits best does not get through."""
        flowing = max(self.rung, demand.carried, demand.ceiling)
        reason = self._hardship.step(seen, flowing, dt_s)
        if reason is None:
            return False
        self._fall(A1 if flowing <= V0 else T, reason, seen)
        return True

    def _is_jammed(self, seen: Estimate, demand: Demand, dt_s: float) -> bool:
        """Downlink: no news is news."""
        to = self._jam.step(seen, demand, self.rung, self.randomness.usual_loss, dt_s) if self._down else None
        if to is None or (self.rung > V0 and seen.now - self._fell_at < UNHEARD_STEP_S):
            return self._hears_again(seen)
        unheard_from = self._unheard_from or self.rung
        if self.rung <= V0:
            self.capacity.lower(need_bps(to))
        self._fall(to, "congested", seen)
        self._unheard_from = unheard_from if unheard_from > V0 else None
        return True

    def _hears_again(self, seen: Estimate) -> bool:
        """The news that stayed away has come, and all is well: the way back was jammed, and not this one."""
        to = self._unheard_from
        if to is None or self.rung >= T or seen.told_ago_s > HEARD_S or not self._is_clear(seen):
            return False
        self._climb(to, seen)
        return True

    def _bears(self, stress: Stress, seen: Estimate, demand: Demand) -> bool:
        """The queue stays whatever we do, and what is sent arrives: it is another's, and A1 arrives as well as A0."""
        arrives = self.insists or (self.rung == A0 and stress.queue and seen.loss_4s < CLEAR_LOSS)
        to = self.rung - 1
        if not arrives or seen.now - self._fell_at < BEARS_S or to < max(A2, demand.ceiling):
            return False
        if self.rung >= T or not self._patience.may_climb(to, seen.now):
            return False
        self._climb(to, seen)
        return True

    def _yield_to(self, stress: Stress, seen: Estimate, demand: Demand) -> bool:
        """Cut what is believed, and go where that fits."""
        if seen.queue_s < DRAINED_S and seen.now >= self._deaf_until:
            self._drains_until = 0.0
        self._drains = self._drains and seen.now < self._drains_until
        if not stress or seen.now < max(self._deaf_until, self._drains_until) or self.rung >= T:
            return False
        if stress.queue and isinstance(self.trial, RampTrial | StretchTrial | VoiceTrial | ShadowTrial):
            return False  # the trial looks closer and knows where to go back to
        if self.rung <= V0 and self.capacity.bps >= AMPLE_BPS:
            self._ample_at = seen.now
        self.capacity.cut(seen)
        self.randomness.stop()
        wait_s = DEAF_S + (seen.rtt_s or 0.1) + seen.queue_s
        self._deaf_until = seen.now + (wait_s if stress.queue else max(wait_s, DEAF_LOSS_S))
        to = self._refuge(seen, demand)
        if stress.collapse and to >= V0:
            to = max(to, A1)  # a queue is on the way, and what fits was read from a few packets
        if to > self.rung:
            self._fall(to, "congested" if stress.queue else "lossy", seen)
        elif self.trial is not None:
            self._patience.failed(self._trial_to, seen)
            self.trial = None
        return True

    def _refuge(self, seen: Estimate, demand: Demand) -> int:
        if self.insists and self.rung >= A2:
            return self.rung
        lost = undelivered(seen, self.randomness.usual_loss, seen.now - self._fell_at)
        full_s = self._congestion.full_s
        return refuge(
            self.rung, self.capacity.bps, demand.voices, undelivered=lost, queue_s=seen.queue_s, full_s=full_s
        )

    def _weigh_loss(self, seen: Estimate, demand: Demand, dt_s: float) -> None:
        """Below V1 lost packets alone are no reason to send less: repair costs little there."""
        with_picture = self.rung <= V1 and demand.carried <= V1 and self.trial is None
        if not self.randomness.step(seen, with_picture, dt_s):
            return
        self.capacity.lower(need_bps(self.rung, demand.voices))
        self.capacity.scale(0.75)
        if self.rung < V1 and self.capacity.bps < leave_bps(self.rung, demand.voices):
            self._fall(min(V1, max(self.rung + 1, fitting(self.capacity.bps, demand.voices))), "lossy", seen)

    def _fall(self, to: int, reason: Reason, seen: Estimate) -> None:
        if self.trial is not None:
            self._patience.failed(self._trial_to, seen)
        elif self._climbed_at is not None:
            self._patience.failed(self.rung, seen)
        self._patience.fell(seen)
        self.trial = None
        self._climbed_at = None
        self._fell_at = self._stirred_at = seen.now
        self._picture_s = 0.0
        if not self._down and self.rung <= V0 < to and self.capacity.bps < need_bps(V0):
            self._patience.excluded(V0, seen)
        self._enter(to, reason)

    # --- up ---------------------------------------------------------------------------------------------------------

    def _grow(self, seen: Estimate, demand: Demand, dt_s: float) -> None:
        if seen.queue_s > CLEAR_LONG_RTT_S or seen.now < self._deaf_until or seen.told_ago_s > FRESH_S:
            return
        self.capacity.prove(min(0.95 * seen.received_long_bps, need_bps(self.rung, demand.voices)))
        per_s = (self.trial.growth_per_s if self.trial is not None else 0.0) or GROWTH_PER_S
        target = self._trial_to if isinstance(self.trial, StretchTrial) else self.rung
        margin = STRETCH if target != self.rung else 1.0
        ahead = AHEAD if (seen.rtt_s or 0.0) > SHORT_RTT_S else AHEAD_NEAR
        if isinstance(self.trial, StretchTrial | RampTrial) and self.capacity.bps > ahead * seen.received_bps:
            per_s = self.trial.unused(dt_s)
        self.capacity.grow(margin * need_bps(target, demand.voices), per_s, dt_s)

    def _resume(self, seen: Estimate, demand: Demand, dt_s: float) -> None:
        """Uplink: what was not used for long is proven anew, from the lowest picture on."""
        if self._down or self.rung > V0:
            return
        if max(demand.carried, demand.ceiling) > self.rung:
            self._unused_s += dt_s
            return
        if self._unused_s >= UNUSED_S:
            self.capacity.lower(need_bps(V0))
            self._begin(RampTrial(seen, FAST_GROWTH_PER_S), self.rung, back_to=self.rung + 1)
        self._unused_s = 0.0

    def _settle(self, seen: Estimate) -> None:
        if self._climbed_at is not None and seen.now - self._climbed_at >= PROVING_S:
            self._climbed_at = None

    def _try_climb(self, seen: Estimate, demand: Demand) -> None:
        best = max(demand.ceiling, demand.useful)
        if self.rung <= best or not self._is_clear(seen):
            return
        to = self._next(best, seen, demand)
        if self._doubts(to, seen, demand) or not self._patience.may_climb(to, seen.now, mute=self.rung >= A0):
            return
        if self._down:
            self._begin(self._padding(to, seen, demand), to, back_to=self.rung)
        elif V0 == to < self.rung:
            trial = ShadowTrial(seen, to) if line_carries(to, seen) else VoiceTrial(seen)
            self._begin(trial, to, back_to=self.rung)
        elif demand.carried <= self.rung:
            self._climb_by_rate(to, seen)

    def _padding(self, to: int, seen: Estimate, demand: Demand) -> PaddingProbe:
        flowing = max(self.rung, demand.carried)
        copies_bps = self.copied * demand.voices * audio_bps(flowing)
        target_bps = with_repairs(enter_bps(to, demand.voices), seen)
        return PaddingProbe(seen, need_bps(flowing, demand.voices), target_bps, copies_bps)

    def _climb_by_rate(self, to: int, seen: Estimate) -> None:
        """The picture's rate first, where there is a picture; on a new link, and between voices, the rung at once."""
        growth = FAST_GROWTH_PER_S if self._patience.fast else TRIAL_GROWTH_PER_S
        if to < V0 and not self._patience.bold:
            self._begin(StretchTrial(seen, growth), to, back_to=self.rung)
            return
        self._begin(RampTrial(seen, growth), to, back_to=self.rung)
        self._climb(to, seen)

    def _next(self, best: int, seen: Estimate, demand: Demand) -> int:
        """A padding probe measures: from voice and text it aims at the lowest picture and takes what it gets."""
        to = self.rung - 1
        if not self._down and V0 < self.rung < T and best <= V0 and line_carries(V0, seen):
            return V0
        if self._down and self.rung > V0:
            to = max(V0, best)
            while to < self.rung - 1 and self._doubts(to, seen, demand):
                to += 1
        return to

    def _doubts(self, rung: int, seen: Estimate, demand: Demand) -> bool:
        if self.rung >= A1 and rung <= A2 and seen.line_bps is None and seen.now < LEARN_S:
            return True
        if self.rung == T and seen.now - self._fell_at < TEXT_S:
            return True
        needed_bps = enter_bps(rung, demand.voices) if rung == A2 else LINE * need_bps(rung, demand.voices)
        if self.rung == A1 and (seen.rtt_s or 0.0) > LONG_RTT_S and self._line_low.lowest() < needed_bps:
            seen = replace(seen, line_bps=self._line_low.lowest())
        return self._patience.doubts(rung, needed_bps, seen)

    def _is_clear(self, seen: Estimate) -> bool:
        return is_clear(seen, self.rung, self.randomness.usual_loss)

    def _begin(self, trial: Trial, to: int, *, back_to: int) -> None:
        self.trial = trial
        self._trial_to = to
        self._back_to = back_to

    def _continue(self, trial: Trial, seen: Estimate, demand: Demand) -> None:
        if max(demand.ceiling, demand.useful) > self._trial_to:
            self.trial = None  # nobody wants it any more
            return
        outcome = self._step(trial, seen, demand)
        if outcome == "going":
            return
        self.trial = None
        match trial, outcome:
            case VoiceTrial(), "good" | "void":  # void: who hears it has no room for more
                self._begin(ShadowTrial(seen, self._trial_to), self._trial_to, back_to=self._back_to)
            case _, "void":
                self._patience.put_off(self._trial_to, seen.now)
            case RampTrial() | StretchTrial(), "bad":
                self._go_back(trial, seen)
            case VoiceTrial() | ShadowTrial(), "bad" if seen.queue_s > TRIAL_QUEUE_S:
                self._wait_for_drain(seen)
                self._patience.failed(self._trial_to, seen, at_least_s=THIN_S if isinstance(trial, VoiceTrial) else 0.0)
                self._patience.went_back(seen.now)
                self._enter(A1, "failed")
            case _, "bad":
                self._wait_for_drain(seen)
                self._patience.failed(
                    self._trial_to, seen, hopeless=is_hopeless(trial, need_bps(self._trial_to, demand.voices))
                )
                self._take_part(trial, seen, demand)
            case PaddingProbe(), _:
                self.capacity.prove(enter_bps(self._trial_to, demand.voices))
                self._succeed(seen)
            case ShadowTrial(), _:
                self.capacity.prove(need_bps(self._trial_to, demand.voices))
                self._succeed(seen)
            case StretchTrial(), _:
                self._succeed(seen)
                self._begin(RampTrial(seen, TRIAL_GROWTH_PER_S), self._trial_to, back_to=self._back_to)
            case _:
                self._patience.proved(self._trial_to)

    def _step(self, trial: Trial, seen: Estimate, demand: Demand) -> Outcome:
        if isinstance(trial, RampTrial | StretchTrial):
            margin = STRETCH if isinstance(trial, StretchTrial) else 1.0
            full_bps = 0.98 * margin * need_bps(self._trial_to, demand.voices)
            return trial.step(seen, full=self.capacity.bps >= full_bps)
        return trial.step(seen)

    def _is_hopeless(self, trial: Trial, demand: Demand) -> bool:
        return is_hopeless(trial, need_bps(self._trial_to, demand.voices))

    def _take_part(self, trial: Trial, seen: Estimate, demand: Demand) -> None:
        """A probe that failed still measured: a lower rung may fit what it showed."""
        self.capacity.prove(0.85 * trial.shown_bps)
        for rung in range(self._trial_to + 1, self.rung):
            if enter_bps(rung, demand.voices) <= trial.shown_bps:
                self._climb(rung, seen)
                return

    def _go_back(self, trial: Trial, seen: Estimate) -> None:
        """Lower for a moment than what got through, so that the queue drains."""
        self.capacity.lower(GO_BACK * trial.shown_bps)
        self._wait_for_drain(seen)
        self._patience.failed(self._trial_to, seen)
        self._climbed_at = None
        back_to = self._back_to
        if CUT * trial.shown_bps < SHORT * leave_bps(back_to):
            back_to = max(back_to, min(fitting(CUT * trial.shown_bps), A1))
        if back_to > self.rung:
            self._patience.went_back(seen.now)
            self._enter(back_to, "failed")

    def _wait_for_drain(self, seen: Estimate) -> None:
        self._deaf_until = seen.now + DEAF_S + (seen.rtt_s or 0.1)
        self._drains_until = self._deaf_until + (DRAIN_VIDEO_S if self.rung <= V0 else DRAIN_S)
        self._drains = True
        self.randomness.stop()

    def _succeed(self, seen: Estimate) -> None:
        self._patience.proved(self._trial_to)
        self._climb(self._trial_to, seen)

    def _climb(self, to: int, seen: Estimate) -> None:
        self._climbed_at = seen.now
        self._patience.climbed(seen.now)
        self._enter(to, "recovered")

    def _enter(self, rung: int, reason: Reason) -> None:
        self._unheard_from = None
        if rung != self.rung:
            self.rung, self.reason = rung, reason
