;; Control: the published example with a direct call
;;
;; What it does: the loop of v8-example.wat, but the call names its callee.
;;
;; Why it matters: there is nothing to speculate about, so this is what the best possible speculation on
;; v8-example.wat can reach. The configuration without any inlining shows what a call as such costs, apart from the
;; table lookup and the signature check.
(module
  (func $inlinee (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (local.set $sum
          (i32.add
            (call $inlinee (i32.const 7))
            (local.get $sum)))
        (br $next)))
    (local.get $sum)))
