;; A state machine whose states are functions
;;
;; What it does: splits pseudo-random text into words, numbers and gaps. Each state is a function that takes the
;; character and returns the table index of the next state; counters of completed words and numbers are globals.
;;
;; Why it matters: the called index was returned by the previous call, so that lookup, check and call form one chain
;; from iteration to iteration. Three targets fit into a polymorphic site; after inlining, the checks of the index are
;; all that is left of the dispatch.
(module
  (type $state (func (param i32) (result i32)))

  (memory (export "memory") 1 1)
  (table (export "table") 3 3 funcref)
  (elem (i32.const 0) $gap $word $number)

  (global $words (mut i32) (i32.const 0))
  (global $numbers (mut i32) (i32.const 0))

  (func $is-digit (param $c i32) (result i32)
    (i32.lt_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 10)))

  (func $is-letter (param $c i32) (result i32)
    (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26)))

  ;; Outside of any token: a letter starts a word, a digit a number.
  (func $gap (type $state) (param $c i32) (result i32)
    (if (result i32) (call $is-letter (local.get $c))
      (then (i32.const 1))
      (else (i32.shl (call $is-digit (local.get $c)) (i32.const 1)))))

  ;; In a word, which goes on over letters and digits.
  (func $word (type $state) (param $c i32) (result i32)
    (if (i32.or (call $is-letter (local.get $c)) (call $is-digit (local.get $c)))
      (then (return (i32.const 1))))
    (global.set $words (i32.add (global.get $words) (i32.const 1)))
    (i32.const 0))

  ;; In a number; a letter ends it and starts a word.
  (func $number (type $state) (param $c i32) (result i32)
    (if (call $is-digit (local.get $c))
      (then (return (i32.const 2))))
    (global.set $numbers (i32.add (global.get $numbers) (i32.const 1)))
    (call $is-letter (local.get $c)))

  ;; Writes `length` characters: of eight, four or so are letters, two digits and two spaces.
  (func $write-text (param $length i32)
    (local $at i32)
    (local $seed i32)
    (local $r i32)
    (loop $next
      (local.set $seed
        (i32.add
          (i32.mul (local.get $seed) (i32.const 1664525))
          (i32.const 1013904223)))
      (local.set $r (i32.shr_u (local.get $seed) (i32.const 24)))
      (i32.store8 (local.get $at)
        (if (result i32) (i32.and (local.get $r) (i32.const 4))
          (then (i32.add (i32.const 97) (i32.rem_u (local.get $r) (i32.const 26))))
          (else
            (if (result i32) (i32.and (local.get $r) (i32.const 2))
              (then (i32.add (i32.const 48) (i32.rem_u (local.get $r) (i32.const 10))))
              (else (i32.const 32))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length)))))

  ;; Runs over the text once, from the gap state.
  (func $scan (param $length i32)
    (local $at i32)
    (local $state i32)
    (loop $next
      (local.set $state
        (call_indirect (type $state) (i32.load8_u (local.get $at)) (local.get $state)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length)))))

  ;; `length` is between 1 and 65536.
  (func $main (export "main") (param $length i32) (param $rounds i32) (result i32)
    (global.set $words (i32.const 0))
    (global.set $numbers (i32.const 0))
    (call $write-text (local.get $length))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (call $scan (local.get $length))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (i32.add (i32.mul (global.get $words) (i32.const 31)) (global.get $numbers))))
