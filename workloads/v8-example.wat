;; The published example
;;
;; What it does: calls one function through a table `iterations` times in a single loop and adds up the results. The
;; loop, the argument 7, the table index 1 and the callee `x + 37` are those of the V8 blog post "Speculative
;; Optimizations for WebAssembly using Deopts and Inlining", so that its figures (675 ms without speculation, 180 ms
;; with inlining, 90 ms with inlining and deopts, for 200 million calls) can stand beside the ones measured here.
;;
;; Why it matters: the call site is perfectly monomorphic. Inlining leaves `sum += 44`; what remains of the call is
;; the check that the table still holds the expected function. With deopts no path through the loop can change the
;; table, so that the check is loop-invariant.
;;
;; The table is exported, because an engine that could see that nobody writes it would not have to speculate at all,
;; and it has no maximum, so that its size has to be read for the bounds check that the post shows.
(module
  (type $unary (func (param i32) (result i32)))

  (table (export "table") 2 funcref)
  (elem (i32.const 0) $unused $inlinee)

  (func $unused (type $unary)
    unreachable)

  (func $inlinee (type $unary) (param $x i32) (result i32)
    local.get $x
    i32.const 37
    i32.add)

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $sum i32)
    block $done
      loop $next
        local.get $iterations
        i32.eqz
        br_if $done

        local.get $iterations
        i32.const 1
        i32.sub
        local.set $iterations

        i32.const 7
        i32.const 1
        call_indirect (type $unary)

        local.get $sum
        i32.add
        local.set $sum
        br $next
      end
    end
    local.get $sum))
