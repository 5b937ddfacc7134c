import { followUps } from './follow-ups.ts'
import {
  heldBackFollowUps,
  heldBackOffTopic,
  heldBackParts,
  heldBackQuestions,
} from './held-back.ts'
import { fourthBatch, secondBatch, tenthBatch, thirdBatch } from './later-batches.ts'
import { laterFollowUps } from './later-follow-ups.ts'
import { eighthBatch, fifthBatch, ninthBatch, seventhBatch, sixthBatch } from './latest-batches.ts'
import { type Case, linesOf, readCase } from './offline-evaluation.ts'
import { alikeQuestions, ordinaryFollowUps, ordinaryQuestions } from './ordinary.ts'
import {
  lastOrdinaryQuestions,
  moreOrdinaryFollowUps,
  moreOrdinaryQuestions,
} from './ordinary-again.ts'
import { laterQuestions, offTopicQuestions, singleQuestions } from './questions.ts'

/** Every list of questions, by what it holds. */
export const questionLists: Record<string, Case[]> = {
  'questions that stand alone': cases(singleQuestions),
  'more questions that stand alone': cases(laterQuestions),
  'questions about other things': cases(offTopicQuestions),
  'questions that need the turn before': followed(followUps),
  'the questions of eight people': cases(heldBackQuestions),
  'two or three questions in one': cases(heldBackParts),
  'questions that are to be declined': cases(heldBackOffTopic),
  'follow-ups of eight people': followed(heldBackFollowUps),
  'the second batch': cases(secondBatch),
  'the third batch': cases(thirdBatch),
  'the fourth batch': cases(fourthBatch),
  'the fifth batch': cases(fifthBatch),
  'the sixth batch': cases(sixthBatch),
  'the seventh batch': cases(seventhBatch),
  'the eighth batch': cases(eighthBatch),
  'the ninth batch': cases(ninthBatch),
  'the tenth batch': cases(tenthBatch),
  'ordinary questions': cases(ordinaryQuestions),
  'questions like the ordinary ones': cases(alikeQuestions),
  'the last ordinary questions': cases(lastOrdinaryQuestions),
  'ordinary questions that refer back': followed(ordinaryFollowUps),
  'more ordinary questions': cases(moreOrdinaryQuestions),
  'more ordinary questions that refer back': followed(moreOrdinaryFollowUps),
  'the follow-ups of the later batches': followed(laterFollowUps),
}

function cases(block: string): Case[] {
  return linesOf(block).map((line) => readCase(line))
}

function followed(list: typeof followUps): Case[] {
  return list.map(({ before, next }) => readCase(next, before))
}
